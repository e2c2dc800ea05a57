import { IconBrandSlack, IconMail, IconWebhook } from '@tabler/icons-react'

export const channelTypes = {
  email: {
    label: 'Email',
    icon: IconMail,
    field: 'to',
    fieldLabel: 'Address',
    placeholder: 'oncall@example.com',
    help: 'It gets a link; whoever reads it confirms the address by that.',
  },
  slack: {
    label: 'Slack',
    icon: IconBrandSlack,
    field: 'url',
    fieldLabel: 'Incoming webhook URL',
    placeholder: 'https://hooks.slack.com/services/…',
    help: 'From your Slack app’s “Incoming Webhooks”. A test message is posted at once; its arrival verifies the channel.',
  },
  webhook: {
    label: 'Webhook',
    icon: IconWebhook,
    field: 'url',
    fieldLabel: 'URL',
    placeholder: 'https://example.com/alerts',
    help: 'Gets signed JSON by POST. A test message is sent at once; an answer of 2xx verifies the channel.',
  },
} as const

export type ChannelType = keyof typeof channelTypes
