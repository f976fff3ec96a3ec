const TEXT_INPUTS = /^(text|url|search|email|number|password|tel)$/;

/** Whether keys pressed on an element write there: then they are no shortcuts. */
export function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return TEXT_INPUTS.test(target.type);
  // A digit in a list of choices looks one up there.
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLElement && target.isContentEditable;
}
