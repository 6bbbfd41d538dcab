/** What the playground's server says of the bot, in the page's words; what it does not know stays as it is. */
import { say } from "./words.js";

const SENTENCES = [
  [/^It did not answer in (\d+) s\.$/, (seconds) => say("It did not answer in {seconds} s.", { seconds })],
  [/^It answered (\d+)\.$/, (status) => say("It answered {status}.", { status })],
  [/^It could not be reached: (.*)\.$/s, (why) => say("It could not be reached: {why}.", { why })],
  [/^Slack would refuse the bot's answer: (.*)$/s, (why) => say("Slack would refuse the bot's answer: {why}", { why: heard(why) })],
  [/^its errors name no input block \((.*)\)$/s, (names) => say("its errors name no input block ({names})", { names })],
  [/^Please complete this required field\.$/, () => say("Please complete this required field.")],
  [/^The playground cannot read this, (.*)\. Reload the page and try again\.$/s,
    (why) => say("The playground cannot read this, {why}. Reload the page and try again.", { why })],
  [/^This message was deleted\.$/, () => say("This message was deleted.")],
];

export function heard(said) {
  for (const [pattern, words] of SENTENCES) {
    const found = pattern.exec(said);
    if (found) return words(...found.slice(1));
  }
  return said;
}
