/** As the API has them. */
const PASSWORD_MIN = 10
export const passwordHint = `At least ${PASSWORD_MIN} characters.`

export const checkPassword = (password: string) => (password.length < PASSWORD_MIN ? passwordHint : null)
