/** Remembers what a pure function answered: a decision asks the same few questions of calendar and format dozens of times. */

/** So many answers are kept; then all are forgotten, which costs no more than asking again. */
const most = 10_000;

/** The function, answering a text that it has seen from memory. */
export function remembered<T>(ask: (question: string) => T): (question: string) => T {
  const answers = new Map<string, T>();
  return (question) => {
    const known = answers.get(question);
    if (known !== undefined) return known;
    const answer = ask(question);
    if (answers.size >= most) answers.clear();
    answers.set(question, answer);
    return answer;
  };
}
