import type { DevState } from './DevState.ts'

/** What bin/dev prints when all is ready: where things are, how to sign in, what to paste. */
export function welcomeText(state: DevState): string {
  const json = `-H 'Content-Type: application/json'`
  const admin = `-H "Authorization: Bearer $ADMIN_KEY"`
  const lines = [
    '',
    'Pictify Keys is ready. Ctrl-C stops it.',
    '',
    `  Dashboard   ${state.apiUrl}/dashboard`,
    `              sign in as ${state.email}, password ${state.password}`,
    `  API         ${state.apiUrl}`,
    `  Docs        ${state.apiUrl}/docs`,
    `  Operators   ${state.apiUrl}/admin`,
    `  Queues      ${state.operatorUrl}`,
    `              both: user ${state.operatorUser}, password ${state.operatorPassword}`,
    ...(state.renderUrl ? [`  Render API  ${state.renderUrl}`] : []),
    ...(state.companyUrl
      ? [`  Company     ${state.companyUrl}, an example of your web app: sign up there`]
      : []),
    '',
    'Paste into another terminal, first line first:',
    '',
    `  eval "$(bin/dev --env)"`,
    '',
    '  # list the keys',
    `  curl -s "$API_URL/api-keys" ${admin}`,
    '  # create a test key, shown this once',
    `  curl -s "$API_URL/api-keys" ${admin} ${json} -d '{"name":"First key","type":"test"}'`,
    '  # verify a key, as a resource server does',
    `  curl -s "$API_URL/verify" -H "Authorization: Bearer $SERVICE_TOKEN" ${json} -d "{\\"key\\":\\"$ADMIN_KEY\\"}"`,
    '  # create an account, as your sign-up would',
    `  curl -s "$API_URL/accounts" -H "Authorization: Bearer $OPERATOR_TOKEN" ${json} -d '{"name":"Acme","adminKey":true}'`,
    ...(state.renderUrl
      ? [
          '  # render an image with a key',
          `  curl -s "$RENDER_URL/image" ${admin} ${json} -d '{"html":"<h1>Hi</h1>"}' -o hi.png`,
        ]
      : []),
    '',
  ]
  return lines.join('\n')
}
