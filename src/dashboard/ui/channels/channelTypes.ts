import { IconBrandSlack, IconMail, IconWebhook } from '@tabler/icons-react'

export const channelTypes = {
  email: {
    label: 'Email',
    icon: IconMail,
    field: 'to',
    fieldLabel: 'Address',
    placeholder: 'oncall@example.com',
    help: 'We send a link. Opening it confirms the address.',
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
    help: 'Receives signed JSON by POST. We send a test message at once; a 2xx response verifies the channel.',
  },
} as const

export type ChannelType = keyof typeof channelTypes
