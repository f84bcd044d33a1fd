// SPDX-License-Identifier: Apache-2.0
/*
 * asking.c - what the files did not say of a container is asked of its runtime
 */
#include "container/asking.h"

#include <sys/stat.h>
#include <unistd.h>
#include <utlist.h>

#include "container/endpoints.h"
#include "container/question.h"
#include "container/sockets.h"

#define STEP_NS	       (20 * NSEC_PER_MSEC) /* between two looks at all of them */
#define FILES_FIRST_NS (20 * NSEC_PER_MSEC) /* as long the files have for saying it */
#define LOOKS_AT_ONCE  32

/* After the first, second, third time without an answer; there is no fourth. */
static const uint64_t again_ns[] = { 2 * NSEC_PER_SEC, 10 * NSEC_PER_SEC, 60 * NSEC_PER_SEC };

#define TIMES_MAX     (sizeof(again_ns) / sizeof(again_ns[0]) + 1)
#define UNKNOWN_TIMES 2 /* that nobody knows it is believed then */

static bool is_known_to(const struct container *c, const char *runtime)
{
	return c->meta.runtime && strcmp(c->meta.runtime, runtime) == 0;
}

/* What filters can ask for; of when it was made no filter asks. */
static bool lacks_identity(const struct registry *reg, const struct container *c)
{
	const struct meta *m = &c->meta;

	/* A bundle has annotations only, and those of CRI's are not the labels. */
	if (reg->want_labels &&
	    (is_known_to(c, "containerd") || (!m->labels_len && is_known_to(c, "podman"))))
		return true;
	if (!m->image.len && !m->image_id.len)
		return true;
	/* Where the name is the identity it is known. */
	return c->match.verdict == CGPATH_CONTAINER && !m->name.len;
}

/*
 * Does a socket know more? Docker's and Podman's files have it all but for Podman's labels;
 * a containerd's have no time, no labels, nor an image but CRI's.
 */
static bool lacks(const struct registry *reg, const struct container *c)
{
	if (c->impostor || c->asking.done)
		return false;
	/* A name alone is unique only among what that containerd knows. */
	if (c->match.verdict == CGPATH_MAYBE ? !is_known_to(c, "containerd") :
					       c->match.verdict != CGPATH_CONTAINER)
		return false;
	return lacks_identity(reg, c) || !c->meta.created_ns;
}

void asking_note(struct registry *reg, struct container *c)
{
	unsigned int count = meta_count(&c->meta);

	c->info.settled = c->meta.runtime && c->retry.done &&
			  !(reg->sockets && lacks(reg, c) && lacks_identity(reg, c));
	c->news |= count > c->known;
	reg->some_news |= c->news;
	c->known = count;
}

static bool fits(enum endpoint_kind kind, const struct container *c)
{
	static const char *const names[] = { [ENDPOINT_DOCKER] = "docker",
					     [ENDPOINT_PODMAN] = "podman",
					     [ENDPOINT_CONTAINERD] = "containerd" };

	if (c->meta.runtime && !meta_only_runs(&c->meta))
		return strcmp(c->meta.runtime, names[kind]) == 0;
	return c->match.runtime_guessed || strcmp(c->match.runtime, names[kind]) == 0;
}

static bool is_there(const struct registry *reg, const struct endpoint *e)
{
	struct stat st;
	int fd = hostfs_open_socket(&reg->metadata->fs, e->path, &st);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

static void add_containerd(struct question *q, const struct endpoint *e, const struct container *c)
{
	if (c->meta.containerd_ns.len) {
		question_add(q, e, c->meta.containerd_ns);
		return;
	}
	question_add(q, e, STR_LITERAL("k8s.io"));
	if (!c->match.pod_uid[0])
		question_add(q, e, STR_LITERAL("default"));
}

/* Sockets that are not there need no thread to see that. A user's are not looked at here. */
static void add_targets(const struct registry *reg, const struct container *c, struct question *q)
{
	const struct endpoints *list = &reg->metadata->roots.endpoints;

	for (unsigned int i = 0; i < list->len; i++) {
		const struct endpoint *e = &list->item[i];

		if (!fits(e->kind, c) || !endpoints_may_tell(e->uid, &q->place) ||
		    (e->uid == 0 && c->doubted) || (e->uid == 0 && !is_there(reg, e)))
			continue;
		/* One that does not fit is not asked: root's stand first. */
		if (e->kind == ENDPOINT_CONTAINERD)
			add_containerd(q, e, c);
		else
			question_add(q, e, str_from(NULL, 0));
	}
}

/* There was no answer, or if unknown everybody's was that there is no such container. */
static void ask_again(struct registry *reg, struct container *c, bool unknown, uint64_t now_ns)
{
	if (c->asking.times >= (unknown ? UNKNOWN_TIMES : TIMES_MAX)) {
		c->asking.done = true;
		registry_update_info(reg, c); /* it is settled by that */
	} else {
		c->asking.next_ns = now_ns + again_ns[c->asking.times - 1];
	}
}

static void ask(struct registry *reg, struct container *c, uint64_t now_ns)
{
	struct str path = str_from(c->path, c->path_len);
	struct endpoints_place place = { .cgroup_path = path };
	struct question *q;

	/* A daemon that nobody has seen yet? It is due still, so the next step goes on. */
	if (c->asking.times && !roots_scan_part(&reg->metadata->roots, now_ns))
		return;
	place.users = cgroups_users(reg->metadata->cgroups, path);
	c->asking.times++;
	q = question_new(c->info.serial, c->match.id, &place);
	if (q)
		add_targets(reg, c, q);
	if (!q || !q->len) {
		question_free(q);
		ask_again(reg, c, q != NULL, now_ns);
	} else if (sockets_ask(reg->sockets, q) == 0) {
		c->asking.waiting = true;
	} else {
		ask_again(reg, c, false, now_ns);
	}
}

static uint64_t due_ns(const struct container *c)
{
	if (c->asking.times)
		return c->asking.next_ns;
	return c->retry.done ? 0 : c->retry.first_ns + FILES_FIRST_NS;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

void asking_step(struct registry *reg, uint64_t now_ns)
{
	uint64_t next_ns = UINT64_MAX;
	struct container *c;
	int looks = 0;

	if (now_ns < reg->next_work_ns)
		return;
	DL_FOREACH(reg->all, c) {
		if (c->removed)
			continue;
		if (retry_is_due(&c->retry, now_ns) && looks++ < LOOKS_AT_ONCE)
			registry_refresh(reg, c, now_ns);
		if (!c->retry.done)
			next_ns = earlier(next_ns, c->retry.next_ns);
		if (!reg->sockets || c->asking.waiting || !lacks(reg, c))
			continue;
		if (now_ns >= due_ns(c) && looks++ < LOOKS_AT_ONCE)
			ask(reg, c, now_ns);
		if (!c->asking.waiting && !c->asking.done)
			next_ns = earlier(next_ns, due_ns(c));
	}
	reg->next_work_ns = next_ns < now_ns + STEP_NS ? now_ns + STEP_NS : next_ns;
}

static void take_one(struct registry *reg, struct container *c, struct sockets_answer *answer,
		     uint64_t now_ns)
{
	c->asking.waiting = false;
	if (answer->outcome == SOCKETS_TOLD) {
		c->asking.done = c->retry.done = true; /* the runtime's own word */
		meta_merge(&c->meta, &answer->meta);
		registry_update_info(reg, c);
		return;
	}
	ask_again(reg, c, answer->outcome == SOCKETS_UNKNOWN, now_ns);
	reg->next_work_ns = 0;
}

void asking_take(struct registry *reg, uint64_t now_ns)
{
	struct sockets_answer answer;

	while (reg->sockets && sockets_take(reg->sockets, &answer)) {
		struct container *c;

		DL_SEARCH_SCALAR(reg->all, c, info.serial, answer.serial);
		if (c)
			take_one(reg, c, &answer, now_ns);
		meta_done(&answer.meta);
	}
}
