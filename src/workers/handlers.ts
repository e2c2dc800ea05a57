import type { JobData, JobName } from '../domain/jobs.ts'
import { deliverNotification } from './alerts/deliverNotification.ts'
import { evaluateAccount } from './alerts/evaluateAccount.ts'
import { findCrossings } from './alerts/findCrossings.ts'
import { checkServiceToken } from './answers/checkServiceToken.ts'
import { claimQuotas } from './answers/claimQuotas.ts'
import { loadStates } from './answers/loadStates.ts'
import { lookForImports } from './answers/lookForImports.ts'
import { addMember } from './commands/addMember.ts'
import { allowImports } from './commands/allowImports.ts'
import { deleteAlert, muteAlert, testAlert, updateAlert } from './commands/changeAlert.ts'
import {
  confirmChannel,
  deleteChannel,
  rotateChannelSecret,
  testChannel,
  updateChannel,
} from './commands/changeChannel.ts'
import { createAccount } from './commands/createAccount.ts'
import { createAlert } from './commands/createAlert.ts'
import { createApiKey } from './commands/createApiKey.ts'
import { createChannel } from './commands/createChannel.ts'
import { createServiceToken } from './commands/createServiceToken.ts'
import { deleteApiKey } from './commands/deleteApiKey.ts'
import { eraseAccount } from './commands/eraseAccount.ts'
import { importApiKeys } from './commands/importApiKeys.ts'
import { inviteMember, renewInvitation } from './commands/inviteMember.ts'
import { moveImportedKey } from './commands/moveImportedKey.ts'
import { createOperatorToken, revokeOperatorToken } from './commands/operatorTokens.ts'
import { applyPlan, setPlan } from './commands/plans.ts'
import { redeliverNotification } from './commands/redeliverNotification.ts'
import { removeMember } from './commands/removeMember.ts'
import { revokeApiKey } from './commands/revokeApiKey.ts'
import { revokeServiceToken } from './commands/revokeServiceToken.ts'
import { rotateApiKey } from './commands/rotateApiKey.ts'
import { resumeAccount, suspendAccount } from './commands/suspendAccount.ts'
import { changePlan, updateAccount } from './commands/updateAccount.ts'
import { updateApiKey } from './commands/updateApiKey.ts'
import { updateMember } from './commands/updateMember.ts'
import {
  createWebhook,
  deleteWebhook,
  redeliverEvent,
  rotateWebhookSecret,
  testWebhook,
  updateWebhook,
} from './commands/webhooks.ts'
import type { Handler } from './context.ts'
import { sendInvitation } from './emails/sendInvitation.ts'
import { sendPasswordReset } from './emails/sendPasswordReset.ts'
import { removeAccountData } from './erasure/removeAccountData.ts'
import { pushEvents } from './events/pushEvents.ts'
import { relayEvents } from './events/relayEvents.ts'
import { countRefusals } from './metering/countRefusals.ts'
import { rollUpEvents, rollUpVerifications, takeBackVerifications } from './metering/rollUpJob.ts'
import { rollUpSlot } from './metering/rollUpSlot.ts'
import { finishCommand } from './regions/finishCommand.ts'
import { propagateState } from './regions/propagateState.ts'
import { announceAccountDays, enqueueUsageAnnouncements } from './schedules/announceUsage.ts'
import { enqueueAlertEvaluations } from './schedules/enqueueAlertEvaluations.ts'
import { enqueueUsageChecks } from './schedules/enqueueUsageChecks.ts'
import { expireRecords } from './schedules/expireRecords.ts'
import { foldMinutes } from './schedules/foldMinutes.ts'
import { maintainPartitions } from './schedules/maintainPartitions.ts'
import { reconcileAccount } from './schedules/reconcileAccount.ts'
import { relayOutboxJob } from './schedules/relayOutboxJob.ts'
import { enqueueResealing, resealSecretsOf } from './schedules/resealSecrets.ts'
import { resetTestQuotas } from './schedules/resetTestQuotas.ts'
import { sweepCommands } from './schedules/sweepCommands.ts'
import { sweepExpiredKeys } from './schedules/sweepExpiredKeys.ts'
import { sweepNotifications } from './schedules/sweepNotifications.ts'
import { sweepRegionStates, sweepStates } from './schedules/sweepStates.ts'

/** Exhaustive over the catalogue: a job without a handler does not compile. */
export const handlers: { [Name in JobName]: Handler<JobData<Name>> } = {
  'create-api-key': createApiKey,
  'update-api-key': updateApiKey,
  'revoke-api-key': revokeApiKey,
  'rotate-api-key': rotateApiKey,
  'delete-api-key': deleteApiKey,
  'import-api-keys': importApiKeys,
  'allow-imports': allowImports,
  'move-imported-key': moveImportedKey,
  'create-account': createAccount,
  'update-account': updateAccount,
  'suspend-account': suspendAccount,
  'resume-account': resumeAccount,
  'erase-account': eraseAccount,
  'change-plan': changePlan,
  'set-plan': setPlan,
  'apply-plan': applyPlan,
  'add-member': addMember,
  'invite-member': inviteMember,
  'renew-invitation': renewInvitation,
  'update-member': updateMember,
  'remove-member': removeMember,
  'create-service-token': createServiceToken,
  'revoke-service-token': revokeServiceToken,
  'create-operator-token': createOperatorToken,
  'revoke-operator-token': revokeOperatorToken,
  'create-webhook': createWebhook,
  'update-webhook': updateWebhook,
  'delete-webhook': deleteWebhook,
  'test-webhook': testWebhook,
  'rotate-webhook-secret': rotateWebhookSecret,
  'redeliver-event': redeliverEvent,
  'create-channel': createChannel,
  'update-channel': updateChannel,
  'delete-channel': deleteChannel,
  'test-channel': testChannel,
  'rotate-channel-secret': rotateChannelSecret,
  'confirm-channel': confirmChannel,
  'redeliver-notification': redeliverNotification,
  'create-alert': createAlert,
  'update-alert': updateAlert,
  'delete-alert': deleteAlert,
  'mute-alert': muteAlert,
  'test-alert': testAlert,
  'send-invitation': sendInvitation,
  'send-password-reset': sendPasswordReset,
  'evaluate-alerts': enqueueAlertEvaluations,
  'evaluate-account': evaluateAccount,
  'find-crossings': findCrossings,
  'finish-command': finishCommand,
  'propagate-state': propagateState,
  'roll-up-slot': rollUpSlot,
  'roll-up-verifications': rollUpVerifications,
  'take-back-verifications': takeBackVerifications,
  'roll-up-events': rollUpEvents,
  'count-refusals': countRefusals,
  'load-states': loadStates,
  'claim-quotas': claimQuotas,
  'check-service-token': checkServiceToken,
  'look-for-imports': lookForImports,
  'deliver-notification': deliverNotification,
  'sweep-notifications': sweepNotifications,
  'sweep-commands': sweepCommands,
  'relay-outbox': relayOutboxJob,
  'remove-account-data': removeAccountData,
  'relay-events': relayEvents,
  'push-events': pushEvents,
  'reset-test-quotas': resetTestQuotas,
  'maintain-partitions': maintainPartitions,
  'fold-minutes': foldMinutes,
  'close-usage-days': enqueueUsageChecks,
  'reconcile-account': reconcileAccount,
  'announce-usage-days': enqueueUsageAnnouncements,
  'announce-account-days': announceAccountDays,
  'sweep-states': sweepStates,
  'sweep-region-states': sweepRegionStates,
  'reseal-secrets': enqueueResealing,
  'reseal-secrets-of': resealSecretsOf,
  'sweep-expired-keys': sweepExpiredKeys,
  'expire-records': expireRecords,
}
