// SPDX-License-Identifier: Apache-2.0
/*
 * subject.c - one process that is inspected
 */
#include "inspect/subject.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "procfs/procfs.h"

int subject_open(struct world *world, uint32_t pid, struct subject *ret_subject)
{
	struct subject s = { .world = world, .pid = pid, .fd = -1, .live_fd = -1 };
	const struct proc_status *status;
	int r = procfs_open_stat(world->proc_fd, pid, 0, &s.stat, &s.fd);

	if (r < 0)
		return r;
	s.is_kernel_thread = proc_stat_is_kernel_thread(&s.stat);
	s.live_fd = s.fd;
	if (proc_stat_is_zombie(&s.stat) && procfs_open_live_thread(s.fd, &s.live_fd) < 0)
		s.is_zombie = true;
	/* That of a thread can be opened by its number as well, though it is not listed. */
	if (subject_status(&s, &status) == 0 && proc_status_has(status, STATUS_TGID) &&
	    status->tgid != pid) {
		subject_close(&s);
		return -EINVAL;
	}
	*ret_subject = s;
	return 0;
}

void subject_close(struct subject *s)
{
	if (s->live_fd >= 0 && s->live_fd != s->fd)
		close(s->live_fd);
	cleanup_closep(&s->fd);
	free(s->status_text);
	*s = (struct subject){ .fd = -1, .live_fd = -1 };
}

int subject_check(const struct subject *s)
{
	struct proc_stat stat;
	int r = read_stat(s->fd, &stat);

	if (r < 0)
		return r;
	if (stat.start_ticks != s->stat.start_ticks)
		return -ESRCH;
	/* Nobody has asked yet how it ended. */
	return proc_stat_is_zombie(&stat) && !proc_stat_is_zombie(&s->stat) ? -ESRCH : 0;
}

int subject_status(struct subject *s, const struct proc_status **ret_status)
{
	if (!s->status_read) {
		s->status_read = true;
		s->status_text = malloc(STATUS_SIZE);
		s->status_error = s->status_text ? read_status(s->live_fd, s->status_text,
							       STATUS_SIZE, &s->status) :
						   -ENOMEM;
	}
	if (s->status_error == 0)
		*ret_status = &s->status;
	return s->status_error;
}

int subject_ns(struct subject *s, const struct proc_ns **ret_ns)
{
	if (!s->ns_read) {
		s->ns_read = true;
		s->ns_error = read_ns(s->live_fd, &s->ns);
	}
	if (s->ns_error == 0)
		*ret_ns = &s->ns;
	return s->ns_error;
}

/* Only the scan of all processes knows who has a monitor above. */
static void ask_monitor(struct subject *s)
{
	const struct resident *r;

	world_scan(s->world);
	r = world_find(s->world, s->pid);
	if (!r || !r->by_monitor || r->start_ticks != s->stat.start_ticks)
		return;
	s->container.container = r->container;
	s->container.confirmed_by_runtime = !r->container->unconfirmed;
	s->by_monitor = true;
}

int subject_container(struct subject *s, const struct containers_answer **ret_answer)
{
	if (!s->container_read) {
		s->container_read = true;
		s->container_error = world_container(s->world, s->live_fd, &s->container);
		if (s->container_error == 0 && !s->container.container)
			ask_monitor(s);
	}
	if (s->container_error == 0)
		*ret_answer = &s->container;
	return s->container_error;
}
