import { Text } from '@mantine/core'
import { companyColor, companyName } from '../../ui/configured.ts'
import { readableOn } from '../../ui/format/readableOn.ts'
import classes from './Brand.module.css'

/** Whose dashboard this is. The company's colour is behind nothing but its own initial. */
export function Brand() {
  return (
    <>
      {companyName ? (
        <span
          aria-hidden
          className={classes.tile}
          style={companyColor ? { background: companyColor, color: readableOn(companyColor) } : undefined}
        >
          {[...companyName][0]}
        </span>
      ) : (
        <img src="/dashboard/favicon.svg" width={26} height={26} alt="" />
      )}
      <Text fw={650} className={classes.name}>
        {companyName || 'Pictify Keys'}
      </Text>
    </>
  )
}
