/* SPDX-License-Identifier: Apache-2.0 */
/*
 * container_info.h - what an event says about a container
 *
 * Filled by the container room (live) or by the log reader (replay), owned by
 * them, borrowed by events. All strings may hold any byte. Empty: not known.
 */
#ifndef EVENT_CONTAINER_INFO_H
#define EVENT_CONTAINER_INFO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* One label, as the runtime keeps it; both are UTF-8. */
struct container_label {
	struct str key;
	struct str value;
	bool shown; /* asked for: sinks put out these alone */
};

struct container_info {
	struct str id;	    /* whole: 64 hex digits, or the name where identity is by name */
	struct str runtime; /* docker podman containerd cri-o lxc systemd-nspawn runc … */
	struct str name;    /* as the runtime shows it */
	struct str image;   /* reference without tag or digest */
	struct str image_tag;
	struct str image_id; /* digest, "sha256:…" */
	int64_t created_ns;  /* wall clock, ns since the epoch; 0: not known */
	struct str pod_uid;  /* Kubernetes */
	struct str pod_name;
	struct str pod_namespace;
	const struct container_label *labels;
	uint32_t labels_len;
	uint32_t serial;  /* live only: tells the lives of containers apart, from 1 */
	uint32_t version; /* live only, from 1: another one whenever anything here changes */
	const struct container_info *outer; /* the container around it, NULL: none */
	bool unconfirmed;		    /* the path says container, no runtime says so */
	bool settled;			    /* live only: no more will become known of it */
	bool build;	 /* an image build step, not a container of the runtime's list */
	uint8_t missing; /* enum missing: why name or image could not be had from the runtime */
};

#endif /* EVENT_CONTAINER_INFO_H */
