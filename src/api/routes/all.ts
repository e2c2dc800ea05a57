import type { Route } from '../guard.ts'
import { auditLog, getAccount, getOperation } from './accounts/account.ts'
import { exportAccount } from './accounts/exportAccount.ts'
import { acceptInvitationRoute, readInvitation, renewInvitation } from './accounts/invitations.ts'
import { addMember, getMember, listMembers, removeMember, updateMember } from './accounts/members.ts'
import { alertIncidents, muteAlert, previewAlert, testAlert } from './alerts/alertActions.ts'
import { createAlert, getAlert, listAlerts, removeAlert, updateAlert } from './alerts/alerts.ts'
import { removeChannel, rotateSecret, testChannel, updateChannel } from './channels/channelCommands.ts'
import { createChannel, getChannel, listChannels } from './channels/channels.ts'
import { confirmChannel, showConfirmation } from './channels/confirmChannel.ts'
import { getNotification, listNotifications, redeliver } from './channels/notifications.ts'
import { createKey, get, list, update } from './keys/apiKeys.ts'
import { importKeys } from './keys/importKeys.ts'
import { remove, revoke, rotate } from './keys/keyCommands.ts'
import { keyNames } from './keys/keyNames.ts'
import { completePasswordReset, requestPasswordReset } from './session/passwordResets.ts'
import { changeOwnPassword, chooseAccount, getSession, signIn, signOut } from './session/session.ts'
import { usageSeries } from './usage/accountUsage.ts'
import { keyCallers } from './usage/keyCallers.ts'
import { keyUsage } from './usage/keyUsage.ts'
import { reportEvents } from './usage/usageEvents.ts'

/** Every route but the two of the hot path (src/api/hot.ts). */
export const routes: Route[] = [
  createKey,
  importKeys,
  list,
  get,
  update,
  revoke,
  rotate,
  remove,
  keyNames,
  keyUsage,
  keyCallers,
  usageSeries,
  reportEvents,
  getAccount,
  exportAccount,
  auditLog,
  getOperation,
  listMembers,
  addMember,
  getMember,
  updateMember,
  removeMember,
  renewInvitation,
  readInvitation,
  acceptInvitationRoute,
  listChannels,
  createChannel,
  showConfirmation,
  confirmChannel,
  getChannel,
  updateChannel,
  testChannel,
  rotateSecret,
  removeChannel,
  listNotifications,
  getNotification,
  redeliver,
  listAlerts,
  createAlert,
  previewAlert,
  getAlert,
  updateAlert,
  removeAlert,
  testAlert,
  muteAlert,
  alertIncidents,
  signIn,
  getSession,
  chooseAccount,
  changeOwnPassword,
  requestPasswordReset,
  completePasswordReset,
  signOut,
]
