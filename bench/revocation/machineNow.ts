/** ms by the machine's steady clock, which all its processes share. */
export const machineNow = () => Number(process.hrtime.bigint()) / 1e6
