#ifndef ROTA_CPEER_H
#define ROTA_CPEER_H
#include <stddef.h>
#include <sys/types.h>

/// Credentials of the process at the other end of a Unix socket (socket(7), SO_PEERCRED).
typedef struct {
  pid_t pid;
  uid_t uid;
  gid_t gid;
} rota_peer;

/// Fills `peer` from SO_PEERCRED. Returns 0, or -1 with errno set.
int rota_peer_credentials(int fd, rota_peer *peer);

/// Supplementary groups of the peer (SO_PEERGROUPS, Linux 4.13).
/// Returns how many were written to `groups`, or -1 with errno set.
int rota_peer_groups(int fd, gid_t *groups, size_t capacity);

#endif
