import type { Keys } from './createKeys.ts'

/** A `POST /verify` for each key, as it goes over the wire. */
export const verifyRequests = ({ values, serviceToken }: Keys): Buffer[] =>
  values.map((key) => {
    const body = JSON.stringify({ key })
    return Buffer.from(
      `POST /verify HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer ${serviceToken}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
  })
