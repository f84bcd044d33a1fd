// SPDX-License-Identifier: Apache-2.0
/*
 * containerd_api.c - what containerd answers about a container
 */
#include "container/containerd_api.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "containerd.pb-c.h"

#define FRAME_HEADER 5
/* Of two bytes on the wire a message of a hundred can be made. */
#define MEMORY_MAX   ((size_t)8 << 20)

void containerd_api_put_request(struct buf *out, const char *id)
{
	Containerd__GetRequest request = CONTAINERD__GET_REQUEST__INIT;
	unsigned char header[FRAME_HEADER] = { 0 };
	size_t len;

	request.id = (char *)id;
	len = containerd__get_request__get_packed_size(&request);
	for (int i = 0; i < 4; i++)
		header[4 - i] = (unsigned char)(len >> (8 * i));
	buf_put(out, header, sizeof(header));
	if (!buf_reserve(out, len)) {
		out->failed = true;
		return;
	}
	out->len += containerd__get_request__pack(&request, (uint8_t *)out->data + out->len);
}

/* The message of one frame. False unless it is whole, alone and not compressed. */
static bool take_frame(struct str answer, struct str *ret_message)
{
	const unsigned char *p = (const unsigned char *)answer.p;
	uint32_t len;

	if (answer.len < FRAME_HEADER || p[0] != 0)
		return false;
	len = (uint32_t)p[1] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 8 | p[4];
	if (len != answer.len - FRAME_HEADER)
		return false;
	*ret_message = str_from(answer.p + FRAME_HEADER, len);
	return true;
}

struct budget {
	size_t left;
	bool passed;
};

static void *take_memory(void *arg, size_t size)
{
	struct budget *budget = arg;

	if (size > budget->left) {
		budget->passed = true;
		return NULL;
	}
	budget->left -= size;
	return malloc(size);
}

static void free_memory(void *arg, void *memory)
{
	(void)arg;
	free(memory);
}

static struct str label(const Containerd__Container *c, const char *key)
{
	for (size_t i = 0; i < c->n_labels; i++)
		if (strcmp(c->labels[i]->key, key) == 0)
			return str_of(c->labels[i]->value);
	return str_from(NULL, 0);
}

static void read_created(const Containerd__Timestamp *t, struct meta *meta)
{
	/* Up to the year 2262 it fits. */
	if (!t || t->seconds <= 0 || t->seconds > INT64_MAX / (int64_t)NSEC_PER_SEC - 1 ||
	    t->nanos < 0 || t->nanos >= (int32_t)NSEC_PER_SEC)
		return;
	meta->created_ns = t->seconds * (int64_t)NSEC_PER_SEC + t->nanos;
}

/* The labels are those of containerd's CRI plugin and of nerdctl. */
static int read_container(const Containerd__Container *c, struct meta *meta)
{
	if (!meta_set(&meta->name, label(c, "io.kubernetes.container.name")) ||
	    !meta_set(&meta->name, label(c, "nerdctl/name")) ||
	    !meta_set_image(meta, str_of(c->image)) ||
	    !meta_set(&meta->pod_name, label(c, "io.kubernetes.pod.name")) ||
	    !meta_set(&meta->pod_namespace, label(c, "io.kubernetes.pod.namespace")) ||
	    !meta_set(&meta->pod_uid, label(c, "io.kubernetes.pod.uid")))
		return -ENOMEM;
	/* A sandbox has no name but the pod's. */
	if (str_eq(label(c, "io.cri-containerd.kind"), STR_LITERAL("sandbox")) &&
	    !meta_set(&meta->name, meta->pod_name))
		return -ENOMEM;
	for (size_t i = 0; i < c->n_labels; i++)
		if (!meta_add_label(meta, str_of(c->labels[i]->key), str_of(c->labels[i]->value)))
			return -ENOMEM;
	read_created(c->created_at, meta);
	meta->runtime = "containerd";
	return 0;
}

int containerd_api_read(struct str answer, const char *id, struct meta *meta)
{
	struct budget budget = { .left = MEMORY_MAX };
	ProtobufCAllocator allocator = { .alloc = take_memory,
					 .free = free_memory,
					 .allocator_data = &budget };
	Containerd__GetResponse *response;
	struct str message;
	int err = -EBADMSG;

	if (!take_frame(answer, &message))
		return -EBADMSG;
	response = containerd__get_response__unpack(&allocator, message.len,
						    (const uint8_t *)message.p);
	if (!response)
		return budget.passed ? -ENOMEM : -EBADMSG;
	if (response->container && strcmp(response->container->id, id) == 0)
		err = read_container(response->container, meta);
	containerd__get_response__free_unpacked(response, &allocator);
	return err;
}
