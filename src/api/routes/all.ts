import type { Route } from '../guard.ts'
import { auditLog, getAccount, getOperation } from './account.ts'
import { alertIncidents, muteAlert, previewAlert, testAlert } from './alertActions.ts'
import { createAlert, getAlert, listAlerts, removeAlert, updateAlert } from './alerts.ts'
import { createKey, get, list, update } from './apiKeys.ts'
import { keyCallers } from './callers.ts'
import { removeChannel, rotateSecret, testChannel, updateChannel } from './channelEnds.ts'
import { createChannel, getChannel, listChannels } from './channels.ts'
import { confirmChannel, showConfirmation } from './confirmChannel.ts'
import { exportAccount } from './exportAccount.ts'
import { importKeys } from './importKeys.ts'
import { acceptInvitationRoute, readInvitation, renewInvitation } from './invitations.ts'
import { remove, revoke, rotate } from './keyEnds.ts'
import { keyNames } from './keyNames.ts'
import { addMember, getMember, listMembers, removeMember, updateMember } from './members.ts'
import { getNotification, listNotifications, redeliver } from './notifications.ts'
import { completePasswordReset, requestPasswordReset } from './passwordResets.ts'
import { changeOwnPassword, chooseAccount, getSession, signIn, signOut } from './session.ts'
import { keyUsage } from './usage.ts'
import { reportEvents } from './usageEvents.ts'
import { usageSeries } from './usageSeries.ts'

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
