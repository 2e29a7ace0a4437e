/** What a line of strace says of writing and of sending. */

/** The daemon whom the C library asks for users' names. */
const USERS = /^connect\(.*\{sa_family=AF_UNIX, sun_path="\/var\/run\/nscd\/socket"\}/;

/**
 * Whether a line of the trace begins a call that changes files or reaches for another process or machine. A call that
 * another one interrupts has its arguments on its first line, so the one where it resumes says nothing new.
 *
 * Looking up who the user is does not count: a shell without SHELL or HOME, such as one that starts a Python, has the C
 * library ask a daemon of the machine for them, through a socket of the machine's own. Such a socket by itself reaches
 * no one; whatever else it is connected to, and all that is sent through it, counts.
 */
export function writesOrSends(line: string): boolean {
  const call = /^\d+ +((\w+)\(.*)/.exec(line);
  const [text, name] = [call?.[1], call?.[2]];
  if (text === undefined || name === undefined) return false;
  if (name === 'socket') return !/^socket\(AF_UNIX,/.test(text);
  if (name === 'connect') return !USERS.test(text);
  if (!name.startsWith('open')) return true;
  return /\bO_(WRONLY|RDWR|CREAT)\b/.test(text) && !/"\/dev\/(null|tty)"/.test(text);
}
