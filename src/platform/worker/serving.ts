/** Calls that this worker is answering now: a device is asked for signs of life only while somebody waits for it. */
export const serving = { calls: 0 };
