import { describe, expect, test } from 'vitest';
import { writesOrSends } from './systemCalls.ts';

const NSCD = '{sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}, 110';

describe('what writes or sends', () => {
  test.each([
    'socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, IPPROTO_IP) = 21<socket:[593877]>',
    'socket(AF_INET6, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP <unfinished ...>',
    'socket(AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, NETLINK_ROUTE) = 21<socket:[593877]>',
    'connect(21<socket:[593877]>, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("192.0.2.1")}, 16) = 0',
    'connect(3<socket:[593877]>, {sa_family=AF_UNIX, sun_path="/run/docker.sock"}, 110) = 0',
    'connect(3<socket:[593877]>, {sa_family=AF_UNIX, sun_path="/run/docker.sock"}, 110 <unfinished ...>',
    'connect(3<socket:[593877]>, {sa_family=AF_UNIX, sun_path="/other/var/run/nscd/socket"}, 110) = 0',
    'connect(3<socket:[593877]>, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket.other"}, 110) = 0',
    'connect(3<socket:[593877]>, {sa_family=AF_UNIX, sun_path=@"/var/run/nscd/socket"}, 23) = 0',
    'connect(3</var/run/nscd/socket>, {sa_family=AF_UNIX, sun_path="/run/other"}, 110) = 0',
    `bind(3<socket:[593877]>, ${NSCD}) = 0`,
    'sendto(3<socket:[593877]>, "GET / HTTP/1.1", 14, MSG_NOSIGNAL, NULL, 0) = 14',
    'sendmsg(3<socket:[593877]>, {msg_name=NULL, msg_namelen=0, msg_iovlen=1, msg_controllen=0}, 0) = 1',
    'mkdir("told", 0777) = 0',
    'openat(AT_FDCWD</place>, "told/rates.svg", O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0666) = 22</place/told/rates.svg>',
    'openat(AT_FDCWD</place>, "told/rates.svg", O_RDWR|O_CLOEXEC <unfinished ...>',
  ])('%s', (call) => expect(writesOrSends(`8676  ${call}`)).toBe(true));
});

describe('what does not', () => {
  test.each([
    'socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, 0) = 3<socket:[593877]>',
    'socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, 0 <unfinished ...>',
    `connect(3<socket:[593877]>, ${NSCD}) = -1 ENOENT (No such file or directory)`,
    `connect(3<socket:[593877]>, ${NSCD} <unfinished ...>`,
    '<... connect resumed>)            = -1 ENOENT (No such file or directory)',
    '<... socket resumed>)             = 3<socket:[593877]>',
    'openat(AT_FDCWD</place>, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3</etc/passwd>',
    'openat(AT_FDCWD</place>, "/dev/null", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</dev/null>',
    '+++ exited with 0 +++',
  ])('%s', (call) => expect(writesOrSends(`8676  ${call}`)).toBe(false));
});
