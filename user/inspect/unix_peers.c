// SPDX-License-Identifier: Apache-2.0
/*
 * unix_peers.c - the other ends of unix sockets, and their names as they are
 */
#include "inspect/unix_peers.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"

#define ANSWER_SIZE ((size_t)32 * 1024)
#define MS_PATIENCE 1000 /* the kernel answers at once */

static int ask(int fd)
{
	struct {
		struct nlmsghdr header;
		struct unix_diag_req request;
	} question = {
		.header = { .nlmsg_len = sizeof(question),
			    .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.request = { .sdiag_family = AF_UNIX,
			     .udiag_states = UINT32_MAX,
			     .udiag_show = UDIAG_SHOW_PEER | UDIAG_SHOW_NAME },
	};
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	ssize_t n = sendto(fd, &question, sizeof(question), 0, (struct sockaddr *)&kernel,
			   sizeof(kernel));

	return n < 0 ? -errno : 0;
}

static void take(const struct nlmsghdr *header,
		 void (*each)(const struct unix_peer *peer, void *arg), void *arg)
{
	const struct unix_diag_msg *sock = NLMSG_DATA(header);
	const struct rtattr *attr = (const void *)(sock + 1);
	int left = (int)(header->nlmsg_len - NLMSG_LENGTH(sizeof(*sock)));
	struct unix_peer peer = { .inode = sock->udiag_ino };

	for (; RTA_OK(attr, left); attr = RTA_NEXT(attr, left)) {
		if (attr->rta_type == UNIX_DIAG_PEER && RTA_PAYLOAD(attr) == sizeof(uint32_t))
			memcpy(&peer.peer_inode, RTA_DATA(attr), sizeof(uint32_t));
		if (attr->rta_type == UNIX_DIAG_NAME)
			peer.name = str_from(RTA_DATA(attr), RTA_PAYLOAD(attr));
	}
	/* A path has its NUL with it; in any other name one is a byte like the others. */
	if (peer.name.len && peer.name.p[0] && !peer.name.p[peer.name.len - 1])
		peer.name.len--;
	each(&peer, arg);
}

/* 1: there is more, 0: that was all, or a negative errno. */
static int take_all(const char *answer, size_t len,
		    void (*each)(const struct unix_peer *peer, void *arg), void *arg)
{
	const struct nlmsghdr *header = (const void *)answer;

	for (; NLMSG_OK(header, len); header = NLMSG_NEXT(header, len)) {
		if (header->nlmsg_type == NLMSG_DONE)
			return 0;
		if (header->nlmsg_type == NLMSG_ERROR) {
			const struct nlmsgerr *error = NLMSG_DATA(header);

			return error->error ? error->error : -EIO;
		}
		if (header->nlmsg_type == SOCK_DIAG_BY_FAMILY &&
		    header->nlmsg_len >= NLMSG_LENGTH(sizeof(struct unix_diag_msg)))
			take(header, each, arg);
	}
	return 1;
}

int unix_peers_each(void (*each)(const struct unix_peer *peer, void *arg), void *arg)
{
	_cleanup_close_ int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	const struct timeval patience = { .tv_sec = MS_PATIENCE / 1000 };
	_Alignas(struct nlmsghdr) char answer[ANSWER_SIZE];
	int ret;

	if (fd < 0)
		return errno == EPROTONOSUPPORT ? -ENOENT : -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0)
		return -errno;
	ret = ask(fd);
	for (ret = ret ? ret : 1; ret == 1;) {
		ssize_t n = recv(fd, answer, sizeof(answer), 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		ret = take_all(answer, (size_t)n, each, arg);
	}
	return ret;
}
