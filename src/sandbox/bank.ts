/**
 * The sandbox's bank: one row a test card, and what the bank answers when it is charged.
 *
 * Stripe's own cards behave as docs.stripe.com/testing says (read November 2026). Most of Stripe's declining cards
 * cannot be attached to a customer, so what a dunning engine needs most, a stored card that fails for a given reason,
 * has rows of the sandbox's own: everything that begins with `pm_sandbox_` exists here only.
 *
 * Network codes and advice are our model: 51, 54, 41, 43, 05 and so on are ISO 8583 response codes, and the advice
 * codes follow docs.stripe.com/declines/codes. Mastercard rows carry a merchant advice code too (01, 02, 03).
 */

export interface Decline {
  /** Stripe's `code`; for some errors Stripe gives no `decline_code` beside it. */
  code: string;
  declineCode?: string;
  message: string;
  advice?: 'try_again_later' | 'do_not_try_again' | 'confirm_card_data';
  network?: string;
  /** What the payment page tells the customer. Reasons that would warn a thief are not told. */
  plain: string;
}

const declined = 'Your card was declined.';
const ASK_BANK = 'Your bank declined this card without giving a reason. Your bank can tell you more.';

export const DECLINES = {
  generic_decline: {
    code: 'card_declined',
    declineCode: 'generic_decline',
    message: declined,
    advice: 'try_again_later',
    network: '01',
    plain: ASK_BANK,
  },
  insufficient_funds: {
    code: 'card_declined',
    declineCode: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
    advice: 'try_again_later',
    network: '51',
    plain: 'Your bank says there is not enough money for this payment.',
  },
  lost_card: {
    code: 'card_declined',
    declineCode: 'lost_card',
    message: declined,
    advice: 'do_not_try_again',
    network: '41',
    plain: ASK_BANK,
  },
  stolen_card: {
    code: 'card_declined',
    declineCode: 'stolen_card',
    message: declined,
    advice: 'do_not_try_again',
    network: '43',
    plain: ASK_BANK,
  },
  do_not_honor: {
    code: 'card_declined',
    declineCode: 'do_not_honor',
    message: declined,
    advice: 'try_again_later',
    network: '05',
    plain: ASK_BANK,
  },
  card_velocity_exceeded: {
    code: 'card_declined',
    declineCode: 'card_velocity_exceeded',
    message: 'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
    advice: 'try_again_later',
    network: '61',
    plain: 'This payment is over the limit of the card.',
  },
  expired_card: {
    code: 'expired_card',
    message: 'Your card has expired.',
    advice: 'confirm_card_data',
    network: '54',
    plain: 'This card has expired.',
  },
  incorrect_cvc: {
    code: 'incorrect_cvc',
    message: "Your card's security code is incorrect.",
    advice: 'confirm_card_data',
    network: 'N7',
    plain: 'The security code does not match the card.',
  },
  incorrect_number: {
    code: 'incorrect_number',
    message: 'Your card number is incorrect.',
    plain: 'This is not a card number. Please check the digits.',
  },
  processing_error: {
    code: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
    advice: 'try_again_later',
    network: '96',
    plain: 'The bank could not be reached. Please try again in a little while.',
  },
  authentication_required: {
    code: 'authentication_required',
    declineCode: 'authentication_required',
    message: 'Your card was declined. This transaction requires authentication.',
    network: '1A',
    plain: 'Your bank wants you to confirm this payment.',
  },
} satisfies Record<string, Decline>;

export type DeclineName = keyof typeof DECLINES;

export interface TestCard {
  /** The id to use as `payment_method`. */
  id: string;
  /** Absent: the card has no number to type into the payment page. */
  number?: string;
  brand: 'visa' | 'mastercard';
  /** Whether it can be saved for a customer; if not, attaching it fails as charging does. */
  attaches: boolean;
  charge: 'approve' | DeclineName;
  /** Approves after all once the customer is there to confirm. */
  confirmable?: boolean;
  /** One confirmation holds for later payments too, with the customer away. */
  confirmsOnce?: boolean;
  /** Approves this many days after its first decline of the same payment. */
  recoversAfterDays?: number;
  /** The bank's answer is on record at once, but reaches the caller only after this long. */
  answersAfterMs?: number;
  /** Mastercard's merchant advice code. */
  networkAdvice?: string;
  says: string;
}

export const CARDS: readonly TestCard[] = [
  {
    id: 'pm_card_visa',
    number: '4242424242424242',
    brand: 'visa',
    attaches: true,
    charge: 'approve',
    says: 'Every payment succeeds.',
  },
  {
    id: 'pm_card_mastercard',
    number: '5555555555554444',
    brand: 'mastercard',
    attaches: true,
    charge: 'approve',
    says: 'Every payment succeeds.',
  },
  {
    id: 'pm_card_chargeCustomerFail',
    number: '4000000000000341',
    brand: 'visa',
    attaches: true,
    charge: 'generic_decline',
    says: 'Can be saved; then every payment is declined.',
  },
  {
    id: 'pm_card_visa_chargeDeclined',
    number: '4000000000000002',
    brand: 'visa',
    attaches: false,
    charge: 'generic_decline',
    says: 'Declined without a reason.',
  },
  {
    id: 'pm_card_visa_chargeDeclinedInsufficientFunds',
    number: '4000000000009995',
    brand: 'visa',
    attaches: false,
    charge: 'insufficient_funds',
    says: 'Declined: not enough money.',
  },
  {
    id: 'pm_card_visa_chargeDeclinedLostCard',
    number: '4000000000009987',
    brand: 'visa',
    attaches: false,
    charge: 'lost_card',
    says: 'Declined: reported lost.',
  },
  {
    id: 'pm_card_visa_chargeDeclinedStolenCard',
    number: '4000000000009979',
    brand: 'visa',
    attaches: false,
    charge: 'stolen_card',
    says: 'Declined: reported stolen.',
  },
  {
    id: 'pm_card_chargeDeclinedExpiredCard',
    number: '4000000000000069',
    brand: 'visa',
    attaches: false,
    charge: 'expired_card',
    says: 'Declined: expired.',
  },
  {
    id: 'pm_card_chargeDeclinedIncorrectCvc',
    number: '4000000000000127',
    brand: 'visa',
    attaches: false,
    charge: 'incorrect_cvc',
    says: 'Declined: wrong security code.',
  },
  {
    id: 'pm_card_chargeDeclinedProcessingError',
    number: '4000000000000119',
    brand: 'visa',
    attaches: false,
    charge: 'processing_error',
    says: 'Declined: the bank could not be reached.',
  },
  {
    id: 'pm_card_visa_chargeDeclinedVelocityLimitExceeded',
    number: '4000000000006975',
    brand: 'visa',
    attaches: false,
    charge: 'card_velocity_exceeded',
    says: 'Declined: over the card’s limit.',
  },
  {
    id: 'pm_card_authenticationRequired',
    number: '4000002760003184',
    brand: 'visa',
    attaches: true,
    charge: 'authentication_required',
    confirmable: true,
    says: 'Needs the customer to confirm, every time: declined when the customer is away.',
  },
  {
    id: 'pm_card_authenticationRequiredOnSetup',
    number: '4000002500003155',
    brand: 'visa',
    attaches: true,
    charge: 'authentication_required',
    confirmable: true,
    confirmsOnce: true,
    says: 'Declined when the customer is away, until the customer has confirmed once; then every payment succeeds.',
  },
  {
    id: 'pm_sandbox_insufficient_funds',
    brand: 'mastercard',
    attaches: true,
    charge: 'insufficient_funds',
    networkAdvice: '02',
    says: 'Can be saved; every payment is declined: not enough money.',
  },
  {
    id: 'pm_sandbox_expired_card',
    brand: 'mastercard',
    attaches: true,
    charge: 'expired_card',
    networkAdvice: '01',
    says: 'Can be saved; every payment is declined: expired.',
  },
  {
    id: 'pm_sandbox_lost_card',
    brand: 'mastercard',
    attaches: true,
    charge: 'lost_card',
    networkAdvice: '03',
    says: 'Can be saved; every payment is declined: reported lost.',
  },
  {
    id: 'pm_sandbox_stolen_card',
    brand: 'mastercard',
    attaches: true,
    charge: 'stolen_card',
    networkAdvice: '03',
    says: 'Can be saved; every payment is declined: reported stolen.',
  },
  {
    id: 'pm_sandbox_do_not_honor',
    brand: 'visa',
    attaches: true,
    charge: 'do_not_honor',
    says: 'Can be saved; every payment is declined: do not honor.',
  },
  {
    id: 'pm_sandbox_authentication_required',
    brand: 'visa',
    attaches: true,
    charge: 'authentication_required',
    confirmable: true,
    says: 'Can be saved; declined when the customer is away, approved once the customer confirms.',
  },
  {
    id: 'pm_sandbox_slow_bank',
    brand: 'visa',
    attaches: true,
    charge: 'approve',
    answersAfterMs: 3000,
    says: 'The payment succeeds at once, but the answer takes three seconds: for callers that give up or die meanwhile.',
  },
];

/** `pm_sandbox_recovers_after_3_days`, for any number of days up to ten years. */
export const RECOVERING = /^pm_sandbox_recovers_after_(\d{1,4})_days$/;

/** The bank's row for a test id, or nothing when the id is no test card. */
export function testCard(id: string): TestCard | undefined {
  const days = Number(RECOVERING.exec(id)?.[1] ?? 0);
  if (days < 1 || days > 3650) return CARDS.find((card) => card.id === id);
  return {
    id,
    brand: 'visa',
    attaches: true,
    charge: 'insufficient_funds',
    recoversAfterDays: days,
    says: `Declined for lack of money until ${days} days after the first declined try, then approved.`,
  };
}

export function cardByNumber(digits: string): TestCard | undefined {
  return CARDS.find((card) => card.number === digits);
}

/** What the bank says to one charge. Times are epoch seconds by the customer's clock. */
export function bankAnswer(
  card: TestCard,
  at: { now: number; firstDeclinedAt: number | undefined; customerPresent: boolean; confirmed: boolean },
): Decline | undefined {
  if (card.charge === 'approve') return undefined;
  if (card.confirmable && at.customerPresent) return undefined;
  if (card.confirmsOnce && at.confirmed) return undefined;
  if (card.recoversAfterDays !== undefined && at.firstDeclinedAt !== undefined) {
    if (at.now >= at.firstDeclinedAt + card.recoversAfterDays * 86_400) return undefined;
  }
  return DECLINES[card.charge];
}
