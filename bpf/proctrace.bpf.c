// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * proctrace.bpf.c - the kernel side: one object for every kernel from 5.10
 *
 * A translation unit of its own for each group of programs would need every map
 * declared twice, once as extern: libbpf's linker merges maps only so. One unit,
 * one file for each group of programs, is simpler.
 */
#include "vmlinux.h"

#include "cgroup.bpf.h"
#include "exec.bpf.h"
#include "process.bpf.h"
#include "seed.bpf.h"
#include "signal.bpf.h"
#include "syscall.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
