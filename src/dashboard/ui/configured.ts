/** What the service was configured with: the page has it in its head. Empty where it was not. */
export const configured = (name: string) =>
  document.querySelector<HTMLMetaElement>(`meta[name=${name}]`)?.content ?? ''

/** `COMPANY_NAME` and `COMPANY_COLOR`. */
export const companyName = configured('company-name')
export const companyColor = configured('company-color')

/** How to name the place that somebody came from by a session link. */
export const backTo = (returnUrl: string) => `Back to ${companyName || new URL(returnUrl).host}`
