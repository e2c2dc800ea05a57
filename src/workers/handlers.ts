import type { JobData, JobName } from '../domain/jobs.ts'
import type { Handler } from './context.ts'
import { addMember } from './jobs/addMember.ts'
import { allowImports } from './jobs/allowImports.ts'
import { deleteAlert, muteAlert, testAlert, updateAlert } from './jobs/changeAlert.ts'
import {
  confirmChannel,
  deleteChannel,
  rotateChannelSecret,
  testChannel,
  updateChannel,
} from './jobs/changeChannel.ts'
import { changePlan } from './jobs/changePlan.ts'
import { checkServiceToken } from './jobs/checkServiceToken.ts'
import { claimQuotas } from './jobs/claimQuotas.ts'
import { closeUsageDays } from './jobs/closeUsageDays.ts'
import { countRefusals } from './jobs/countRefusals.ts'
import { createAccount } from './jobs/createAccount.ts'
import { createAlert } from './jobs/createAlert.ts'
import { createApiKey } from './jobs/createApiKey.ts'
import { createChannel } from './jobs/createChannel.ts'
import { createServiceToken } from './jobs/createServiceToken.ts'
import { deleteApiKey } from './jobs/deleteApiKey.ts'
import { deliverNotification } from './jobs/deliverNotification.ts'
import { evaluateAccount, evaluateAlerts } from './jobs/evaluateAlerts.ts'
import { expireRecords } from './jobs/expireRecords.ts'
import { finishCommand } from './jobs/finishCommand.ts'
import { foldMinutes } from './jobs/foldMinutes.ts'
import { importApiKeys } from './jobs/importApiKeys.ts'
import { inviteMember, renewInvitation } from './jobs/inviteMember.ts'
import { loadStates } from './jobs/loadStates.ts'
import { lookForImports } from './jobs/lookForImports.ts'
import { maintainPartitions } from './jobs/maintainPartitions.ts'
import { moveImportedKey } from './jobs/moveImportedKey.ts'
import { propagateState } from './jobs/propagateState.ts'
import { reconcileAccount } from './jobs/reconcileAccount.ts'
import { redeliverNotification } from './jobs/redeliverNotification.ts'
import { relayOutboxJob } from './jobs/relayOutboxJob.ts'
import { removeMember } from './jobs/removeMember.ts'
import { resetTestQuotas } from './jobs/resetTestQuotas.ts'
import { revokeApiKey } from './jobs/revokeApiKey.ts'
import { revokeServiceToken } from './jobs/revokeServiceToken.ts'
import { rollUpEvents, rollUpVerifications, takeBackVerifications } from './jobs/rollUp.ts'
import { rotateApiKey } from './jobs/rotateApiKey.ts'
import { sendInvitation } from './jobs/sendInvitation.ts'
import { sendPasswordReset } from './jobs/sendPasswordReset.ts'
import { sweepCommands } from './jobs/sweepCommands.ts'
import { sweepExpiredKeys } from './jobs/sweepExpiredKeys.ts'
import { sweepNotifications } from './jobs/sweepNotifications.ts'
import { sweepRegionStates, sweepStates } from './jobs/sweepStates.ts'
import { updateApiKey } from './jobs/updateApiKey.ts'
import { updateMember } from './jobs/updateMember.ts'

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
  'change-plan': changePlan,
  'add-member': addMember,
  'invite-member': inviteMember,
  'renew-invitation': renewInvitation,
  'update-member': updateMember,
  'remove-member': removeMember,
  'create-service-token': createServiceToken,
  'revoke-service-token': revokeServiceToken,
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
  'evaluate-alerts': evaluateAlerts,
  'evaluate-account': evaluateAccount,
  'finish-command': finishCommand,
  'propagate-state': propagateState,
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
  'reset-test-quotas': resetTestQuotas,
  'maintain-partitions': maintainPartitions,
  'fold-minutes': foldMinutes,
  'close-usage-days': closeUsageDays,
  'reconcile-account': reconcileAccount,
  'sweep-states': sweepStates,
  'sweep-region-states': sweepRegionStates,
  'sweep-expired-keys': sweepExpiredKeys,
  'expire-records': expireRecords,
}
