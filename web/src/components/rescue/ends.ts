/** Why a session ended, in the service's words (ShellEnds.cs), to the page's own. */
const known = {
  'its time is over': 'timeOver',
  'the operator left': 'left',
  'ended by an operator': 'ended',
  'the operator may no longer open shells': 'rights',
  'nothing was typed for ten minutes': 'idle',
  'the connection to the machine was lost': 'machineLost',
  "the machine's agent did not come for it: it may be busy starting, or be older than this function": 'agentNeverCame',
  'no terminal came for it': 'left',
  'the service ends': 'serviceEnds',
  'a message that is none was sent': 'badMessage',
  'the store does not answer': 'storeAway',
} as const;

export type ShellEndWord = (typeof known)[keyof typeof known] | 'exit' | 'cannot' | 'lost';

export interface ShellEndText { word: ShellEndWord; /** Exit code, or what the machine said. */ said: string }

/** @param reason Undefined: the connection to the service broke off. */
export function endText(reason: string | undefined): ShellEndText {
  if (reason === undefined) return { word: 'lost', said: '' };
  const code = /^the shell ended with code (\d+)$/.exec(reason)?.[1];
  if (code !== undefined) return { word: 'exit', said: code };
  return { word: known[reason as keyof typeof known] ?? 'cannot', said: reason };
}
