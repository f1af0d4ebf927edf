/** How many segments an SMS takes: 160 characters of GSM 03.38 or 70 of UCS-2, and 153 or 67 when it is cut. */

const GSM =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
/** These take an escape before them, and so two places. */
const GSM_EXTENDED = '\f^{}\\[~]|€';

export function smsSegments(body: string): number {
  const characters = [...body];
  if (characters.every((one) => GSM.includes(one) || GSM_EXTENDED.includes(one))) {
    const places = characters.reduce((sum, one) => sum + (GSM_EXTENDED.includes(one) ? 2 : 1), 0);
    return pieces(places, 160, 153);
  }
  return pieces(body.length, 70, 67);
}

function pieces(places: number, alone: number, cut: number): number {
  return places <= alone ? 1 : Math.ceil(places / cut);
}
