/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into an engine under test: counts the calls that change files, and spoils one of them.
 *
 * FAULTS_DIR     only files below this directory count
 * FAULTS_SUFFIX  and only those whose name ends so; unset or empty for all
 * FAULTS_KIND    kill: die before the call; torn: die in the middle of the write, before any other call;
 *                eio, enospc: the call fails with that error; slow: it comes FAULTS_DELAY_MS later; unset: only count;
 *                power: as kill, for FAULTS_UNDO
 * FAULTS_AT      number of the call, from 1
 * FAULTS_COUNT   so many calls fail from there on; default 1
 * FAULTS_WHILE   a file: calls are spoiled only as long as it is there; unset for always
 * FAULTS_KILL    number of a call before which the process dies, whatever the kind; unset or 0 for none
 * FAULTS_REPORT  a file of REPORT_BYTES: the number of calls so far, native 64 bits, and the text of the first one spoiled.
 *                Mapped, so that it is right at any moment, after a kill too
 *
 * FAULTS_UNDO    a file outside FAULTS_DIR that takes what a power cut may take back: before each change of a file what was
 *                there, and with each sync how far it reached (struct undo). The test takes back what was not synced.
 *                Names are not in it: creating, renaming and unlinking count as durable at once
 *
 * A kill leaves what the kernel has taken; what a power cut leaves is made of it by FAULTS_UNDO.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#define REPORT_BYTES 512

struct report {
    _Atomic long long calls;
    char first[REPORT_BYTES - sizeof(long long)];
};

static struct report local;
static struct report *report = &local;
static const char *directory;
static const char *suffix;
static const char *kind;
static long long at;
static long long count = 1;
static long long kill_at;
static long long delay_ms;
static const char *while_there;

/* An entry of FAULTS_UNDO; bytes follow it. */
struct undo {
    long long type;   /* 1: a change, 2: a sync */
    long long inode;
    long long offset; /* of a change; of a sync: entries before this number are durable */
    long long bytes;  /* that were there, and follow */
    long long size;   /* of the file, before */
};

static int undo_fd = -1;
static long long undo_entries;
static pthread_mutex_t undo_lock = PTHREAD_MUTEX_INITIALIZER;

static long long number(const char *name, long long otherwise) {
    const char *text = getenv(name);
    return text ? atoll(text) : otherwise;
}

__attribute__((constructor)) static void start(void) {
    directory = getenv("FAULTS_DIR");
    suffix = getenv("FAULTS_SUFFIX");
    kind = getenv("FAULTS_KIND");
    at = number("FAULTS_AT", 0);
    count = number("FAULTS_COUNT", 1);
    kill_at = number("FAULTS_KILL", 0);
    delay_ms = number("FAULTS_DELAY_MS", 0);
    while_there = getenv("FAULTS_WHILE");
    const char *undo = getenv("FAULTS_UNDO");
    if (undo && (undo_fd = open(undo, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) < 0) {
        perror("FAULTS_UNDO");
        _exit(70);
    }
    const char *path = getenv("FAULTS_REPORT");
    if (!path) {
        return;
    }
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    void *mapped = MAP_FAILED;
    if (fd >= 0 && ftruncate(fd, REPORT_BYTES) == 0) {
        mapped = mmap(NULL, REPORT_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    }
    if (mapped == MAP_FAILED) {
        perror("FAULTS_REPORT");
        _exit(70);
    }
    close(fd);
    report = mapped;
}

static int is_counted(int fd, char *path, size_t size) {
    char link[64];
    if (!directory) {
        return 0;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, size - 1);
    if (length <= 0) {
        return 0;
    }
    path[length] = 0;
    size_t prefix = strlen(directory);
    if (strncmp(path, directory, prefix) != 0 || path[prefix] != '/') {
        return 0;
    }
    if (suffix) {
        size_t end = strlen(suffix);
        return (size_t)length >= end && strcmp(path + length - end, suffix) == 0;
    }
    return 1;
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) {
        pause();
    }
}

/* Past the functions of this library. */
static void undo_append(const struct undo *entry, const void *bytes) {
    if (syscall(SYS_write, undo_fd, entry, sizeof *entry) != (long)sizeof *entry
        || (entry->bytes > 0 && syscall(SYS_write, undo_fd, bytes, entry->bytes) != entry->bytes)) {
        perror("FAULTS_UNDO");
        _exit(70);
    }
    undo_entries++;
}

static int is_undone(int fd, struct stat *file) {
    char path[PATH_MAX];
    return undo_fd >= 0 && is_counted(fd, path, sizeof path) && fstat(fd, file) == 0 && S_ISREG(file->st_mode);
}

/* Notes what is in a file from an offset on, as far as length says; the offset -1 is where write() writes. */
static void undo_change(int fd, off64_t offset, long long length) {
    struct stat file;
    int saved = errno;
    if (is_undone(fd, &file)) {
        if (offset < 0) {
            offset = fcntl(fd, F_GETFL) & O_APPEND ? file.st_size : lseek(fd, 0, SEEK_CUR);
        }
        long long there = file.st_size - offset;
        there = there < 0 ? 0 : there < length ? there : length;
        struct undo entry = {1, (long long)file.st_ino, offset, there, file.st_size};
        char *bytes = malloc((size_t)there + 1);
        char self[64];
        snprintf(self, sizeof self, "/proc/self/fd/%d", fd); /* the descriptor may be for writing only */
        int reading = open(self, O_RDONLY | O_CLOEXEC);
        if (!bytes || reading < 0 || pread(reading, bytes, (size_t)there, offset) != there) {
            perror("FAULTS_UNDO");
            _exit(70);
        }
        close(reading);
        pthread_mutex_lock(&undo_lock);
        undo_append(&entry, bytes);
        pthread_mutex_unlock(&undo_lock);
        free(bytes);
    }
    errno = saved;
}

/* Number of the next entry, for undo_synced. */
static long long undo_sync(void) {
    pthread_mutex_lock(&undo_lock);
    long long reached = undo_entries;
    pthread_mutex_unlock(&undo_lock);
    return reached;
}

static int undo_synced(int fd, long long reached, int result) {
    struct stat file;
    int saved = errno;
    if (result == 0 && is_undone(fd, &file)) {
        struct undo entry = {2, (long long)file.st_ino, reached, 0, file.st_size};
        pthread_mutex_lock(&undo_lock);
        undo_append(&entry, NULL);
        pthread_mutex_unlock(&undo_lock);
    }
    errno = saved;
    return result;
}

/* Whether the call is to fail, errno being set; *torn when half of it is to be written first. */
static int spoils(int fd, const char *call, size_t bytes, off64_t offset, int *torn) {
    char path[PATH_MAX];
    int saved = errno;
    int counted = is_counted(fd, path, sizeof path);
    errno = saved;
    if (!counted) {
        return 0;
    }
    long long now = atomic_fetch_add(&report->calls, 1) + 1;
    if (kill_at > 0 && now >= kill_at) {
        die();
    }
    if (!kind || now < at || now >= at + count) {
        return 0;
    }
    if (while_there && access(while_there, F_OK) != 0) {
        errno = saved;
        return 0;
    }
    if (now == at) {
        snprintf(report->first, sizeof report->first, "%s %s, %zu bytes at %lld", call, path + strlen(directory) + 1,
                 bytes, (long long)offset);
    }
    if (strcmp(kind, "eio") == 0) {
        errno = EIO;
        return 1;
    }
    if (strcmp(kind, "enospc") == 0) {
        errno = ENOSPC;
        return 1;
    }
    if (strcmp(kind, "slow") == 0) {
        usleep((useconds_t)(delay_ms * 1000));
        errno = saved;
        return 0;
    }
    if (strcmp(kind, "torn") == 0 && torn && bytes > 1) {
        *torn = 1;
        return 0;
    }
    die();
    return 1;
}

#define REAL(type, name, ...)                                   \
    static type (*real)(__VA_ARGS__);                           \
    if (!real) {                                                \
        real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name);    \
    }

ssize_t write(int fd, const void *data, size_t bytes) {
    REAL(ssize_t, "write", int, const void *, size_t)
    int torn = 0;
    if (spoils(fd, "write", bytes, -1, &torn)) {
        return -1;
    }
    if (torn) {
        (void)!real(fd, data, bytes / 2);
        die();
    }
    undo_change(fd, -1, (long long)bytes);
    return real(fd, data, bytes);
}

ssize_t pwrite64(int fd, const void *data, size_t bytes, off64_t offset) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t)
    int torn = 0;
    if (spoils(fd, "pwrite", bytes, offset, &torn)) {
        return -1;
    }
    if (torn) {
        (void)!real(fd, data, bytes / 2, offset);
        die();
    }
    undo_change(fd, offset, (long long)bytes);
    return real(fd, data, bytes, offset);
}

ssize_t pwrite(int fd, const void *data, size_t bytes, off_t offset) { return pwrite64(fd, data, bytes, offset); }

int fsync(int fd) {
    REAL(int, "fsync", int)
    if (spoils(fd, "fsync", 0, 0, NULL)) {
        return -1;
    }
    long long reached = undo_sync();
    return undo_synced(fd, reached, real(fd));
}

int fdatasync(int fd) {
    REAL(int, "fdatasync", int)
    if (spoils(fd, "fdatasync", 0, 0, NULL)) {
        return -1;
    }
    long long reached = undo_sync();
    return undo_synced(fd, reached, real(fd));
}

int ftruncate64(int fd, off64_t length) {
    REAL(int, "ftruncate64", int, off64_t)
    if (spoils(fd, "ftruncate", 0, length, NULL)) {
        return -1;
    }
    undo_change(fd, length, LLONG_MAX);
    return real(fd, length);
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

/* A file that is gone has nothing to take back, and its inode may soon be another file's. */
static void undo_forget(const char *path) {
    struct stat file;
    int saved = errno;
    if (undo_fd >= 0 && directory && strncmp(path, directory, strlen(directory)) == 0 && lstat(path, &file) == 0
        && S_ISREG(file.st_mode) && file.st_nlink == 1) {
        pthread_mutex_lock(&undo_lock);
        struct undo entry = {2, (long long)file.st_ino, undo_entries, 0, file.st_size};
        undo_append(&entry, NULL);
        pthread_mutex_unlock(&undo_lock);
    }
    errno = saved;
}

int unlink(const char *path) {
    REAL(int, "unlink", const char *)
    undo_forget(path);
    return real(path);
}

int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *)
    undo_forget(to);
    return real(from, to);
}
