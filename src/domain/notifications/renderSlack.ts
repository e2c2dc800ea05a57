import type { Message } from './messageOf.ts'

const MARKS: Record<Message['tone'], string> = {
  info: ':information_source:',
  warning: ':warning:',
  critical: ':rotating_light:',
  resolved: ':white_check_mark:',
}

/**
 * Slack's three control characters (https://docs.slack.dev/messaging/formatting-message-text#escaping): no mention,
 * no link.
 */
const escapeSlack = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

const cut = (text: string, max: number) => (text.length > max ? `${text.slice(0, max - 1)}…` : text)

/**
 * A message as Block Kit. `text` is what a phone's notification shows. The first block's ID is the notification's, so
 * that receivers can recognise a message that came twice. Bounds are Slack's: 150 in a header, 10 fields a section.
 */
export function renderSlack(message: Message, id: string) {
  const { title, summary, facts, links, tone } = message
  return {
    text: cut(escapeSlack(`${title}. ${summary}`), 3_000),
    blocks: [
      { type: 'header', block_id: id, text: { type: 'plain_text', text: cut(title, 150), emoji: false } },
      {
        type: 'section',
        text: { type: 'mrkdwn', text: cut(`${MARKS[tone]} ${escapeSlack(summary)}`, 3_000) },
      },
      ...(facts.length === 0
        ? []
        : [
            {
              type: 'section',
              fields: facts.slice(0, 10).map(([name, value]) => ({
                type: 'mrkdwn',
                text: cut(`*${name}*\n${escapeSlack(value)}`, 2_000),
              })),
            },
          ]),
      ...(links.length === 0
        ? []
        : [
            {
              type: 'context',
              elements: links.map(([label, url]) => ({
                type: 'mrkdwn',
                text: `<${escapeSlack(url).replaceAll('|', '%7C')}|${label}>`,
              })),
            },
          ]),
    ],
  }
}
