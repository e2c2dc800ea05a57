import type { Route } from '../guard.ts'
import { getAccount, getOperation, listAuditEntries } from './accounts/account.ts'
import { exportAccount } from './accounts/exportAccount.ts'
import { acceptInvitation, getInvitation, resendInvitation } from './accounts/invitations.ts'
import { addMember, getMember, listMembers, removeMember, updateMember } from './accounts/members.ts'
import { listIncidents, muteAlertRule, previewAlertRule, testAlertRule } from './alerts/alertActions.ts'
import {
  createAlertRule,
  deleteAlertRule,
  getAlertRule,
  listAlertRules,
  updateAlertRule,
} from './alerts/alerts.ts'
import { deleteChannel, rotateChannelSecret, testChannel, updateChannel } from './channels/channelCommands.ts'
import { createChannel, getChannel, listChannels } from './channels/channels.ts'
import { confirmChannel, getChannelConfirmation } from './channels/confirmChannel.ts'
import { getNotification, listNotifications, redeliverNotification } from './channels/notifications.ts'
import { listEvents } from './events/events.ts'
import { createApiKey, getApiKey, listApiKeys, updateApiKey } from './keys/apiKeys.ts'
import { importApiKeys } from './keys/importKeys.ts'
import { deleteApiKey, revokeApiKey, rotateApiKey } from './keys/keyCommands.ts'
import { listApiKeyNames } from './keys/keyNames.ts'
import { resumeAccount, suspendAccount } from './operators/accountStatus.ts'
import { createAccount, listAccounts, readAccount, updateAccount } from './operators/accounts.ts'
import { eraseAccount } from './operators/eraseAccount.ts'
import { createOperatorToken, listOperatorTokens, revokeOperatorToken } from './operators/operatorTokens.ts'
import { getPlan, listPlans, setPlan } from './operators/plans.ts'
import { createServiceToken, listServiceTokens, revokeServiceToken } from './operators/serviceTokens.ts'
import { createSessionLink } from './operators/sessionLinks.ts'
import { openSessionLink } from './session/openSessionLink.ts'
import { completePasswordReset, requestPasswordReset } from './session/passwordResets.ts'
import { changePassword, getSession, signIn, signOut, switchAccount } from './session/session.ts'
import { getUsage } from './usage/accountUsage.ts'
import { listApiKeyCallers } from './usage/keyCallers.ts'
import { getApiKeyUsage } from './usage/keyUsage.ts'
import { reportUsageEvents } from './usage/usageEvents.ts'
import { getWebhookDelivery, listWebhookDeliveries, redeliverWebhookDelivery } from './webhooks/deliveries.ts'
import { rotateWebhookSecret, testWebhook } from './webhooks/webhookActions.ts'
import { createWebhook, deleteWebhook, getWebhook, listWebhooks, updateWebhook } from './webhooks/webhooks.ts'

/** Every route but the two of the hot path (src/api/hot.ts). */
export const routes: Route[] = [
  createApiKey,
  importApiKeys,
  listApiKeys,
  getApiKey,
  updateApiKey,
  revokeApiKey,
  rotateApiKey,
  deleteApiKey,
  listApiKeyNames,
  getApiKeyUsage,
  listApiKeyCallers,
  getUsage,
  reportUsageEvents,
  getAccount,
  exportAccount,
  listAuditEntries,
  getOperation,
  listMembers,
  addMember,
  getMember,
  updateMember,
  removeMember,
  resendInvitation,
  getInvitation,
  acceptInvitation,
  listChannels,
  createChannel,
  getChannelConfirmation,
  confirmChannel,
  getChannel,
  updateChannel,
  testChannel,
  rotateChannelSecret,
  deleteChannel,
  listNotifications,
  getNotification,
  redeliverNotification,
  listAlertRules,
  createAlertRule,
  previewAlertRule,
  getAlertRule,
  updateAlertRule,
  deleteAlertRule,
  testAlertRule,
  muteAlertRule,
  listIncidents,
  signIn,
  getSession,
  switchAccount,
  changePassword,
  requestPasswordReset,
  completePasswordReset,
  openSessionLink,
  signOut,
  createAccount,
  listAccounts,
  readAccount,
  updateAccount,
  suspendAccount,
  resumeAccount,
  eraseAccount,
  listPlans,
  getPlan,
  setPlan,
  createSessionLink,
  createOperatorToken,
  listOperatorTokens,
  revokeOperatorToken,
  createServiceToken,
  listServiceTokens,
  revokeServiceToken,
  listEvents,
  listWebhooks,
  createWebhook,
  getWebhook,
  updateWebhook,
  deleteWebhook,
  testWebhook,
  rotateWebhookSecret,
  listWebhookDeliveries,
  getWebhookDelivery,
  redeliverWebhookDelivery,
]
