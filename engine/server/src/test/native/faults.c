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
 * FAULTS_UNDO    a file outside FAULTS_DIR, in the same file system, that takes what a power cut may take back: before each
 *                change of a file what was there, each name that is made, taken away or given to another file, and with each
 *                sync how far it reached (struct undo). The test takes back what was not synced: of a file by syncing the
 *                file, of a name by syncing its directory. Files without a name any more are kept, by their inode numbers, in
 *                a directory beside it (its name and ".kept"). Directories that are made count as durable at once
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
#include <stdarg.h>
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
    long long type;   /* see below */
    long long inode;  /* of the file or, of a sync, the directory */
    long long offset; /* of a change; of a sync: entries before this number are durable; of a name: inode of its directory */
    long long bytes;  /* that were there, and follow; of a name: the path, for RENAMED both with a zero between */
    long long size;   /* of the file, before; for RENAMED the inode of the file that had the name, 0 for none */
};
enum { CHANGED = 1, SYNCED = 2, CREATED = 3, UNLINKED = 4, RENAMED = 5 };

static int undo_fd = -1;
static char undo_kept[PATH_MAX];
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
    if (undo) {
        snprintf(undo_kept, sizeof undo_kept, "%s.kept", undo);
        mkdir(undo_kept, 0700);
        undo_fd = (int)syscall(SYS_openat, AT_FDCWD, undo, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (undo_fd < 0) {
            perror("FAULTS_UNDO");
            _exit(70);
        }
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

static int is_counted_path(const char *path) {
    if (!directory) {
        return 0;
    }
    size_t prefix = strlen(directory);
    if (strncmp(path, directory, prefix) != 0 || (path[prefix] != '/' && path[prefix] != 0)) {
        return 0;
    }
    size_t length = strlen(path);
    size_t end = suffix ? strlen(suffix) : 0;
    return length >= end && strcmp(path + length - end, suffix ? suffix : "") == 0;
}

static int is_counted(int fd, char *path, size_t size) {
    char self[64];
    if (!directory) {
        return 0;
    }
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(self, path, size - 1);
    if (length <= 0) {
        return 0;
    }
    path[length] = 0;
    return is_counted_path(path);
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
    return undo_fd >= 0 && is_counted(fd, path, sizeof path) && fstat(fd, file) == 0
           && (S_ISREG(file->st_mode) || S_ISDIR(file->st_mode));
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
        struct undo entry = {CHANGED, (long long)file.st_ino, offset, there, file.st_size};
        char *bytes = malloc((size_t)there + 1);
        char self[64];
        snprintf(self, sizeof self, "/proc/self/fd/%d", fd); /* the descriptor may be for writing only */
        int reading = (int)syscall(SYS_openat, AT_FDCWD, self, O_RDONLY | O_CLOEXEC);
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
        struct undo entry = {SYNCED, (long long)file.st_ino, reached, 0, file.st_size};
        pthread_mutex_lock(&undo_lock);
        undo_append(&entry, NULL);
        pthread_mutex_unlock(&undo_lock);
    }
    errno = saved;
    return result;
}

/* Whether the call is to fail, errno being set; *torn when half of it is to be written first. */
static int spoils_path(const char *path, const char *call, size_t bytes, off64_t offset, int *torn) {
    int saved = errno;
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
        snprintf(report->first, sizeof report->first, "%s %s, %zu bytes at %lld", call, path + strlen(directory),
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

static int spoils(int fd, const char *call, size_t bytes, off64_t offset, int *torn) {
    char path[PATH_MAX];
    int saved = errno;
    int counted = is_counted(fd, path, sizeof path);
    errno = saved;
    return counted && spoils_path(path, call, bytes, offset, torn);
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

/* 0 if there is none. */
static long long inode(const char *path, mode_t type) {
    struct stat file;
    return lstat(path, &file) == 0 && (file.st_mode & S_IFMT) == type ? (long long)file.st_ino : 0;
}

static long long inode_of_directory(const char *path) {
    char parent[PATH_MAX];
    snprintf(parent, sizeof parent, "%s", path);
    *strrchr(parent, '/') = 0;
    return inode(parent, S_IFDIR);
}

static void undo_keep(const char *path, long long number) {
    char kept[PATH_MAX + 32];
    snprintf(kept, sizeof kept, "%s/%lld", undo_kept, number);
    if (link(path, kept) != 0 && errno != EEXIST) {
        perror("FAULTS_UNDO");
        _exit(70);
    }
}

static int has_names_undone(const char *path) { return undo_fd >= 0 && is_counted_path(path); }

static int opened(const char *path, int flags, mode_t mode) {
    int is_new = flags & O_CREAT && has_names_undone(path) && access(path, F_OK) != 0;
    if (!is_new) {
        return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    }
    pthread_mutex_lock(&undo_lock);
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    if (fd >= 0) {
        struct undo entry = {CREATED, inode(path, S_IFREG), inode_of_directory(path), (long long)strlen(path), 0};
        undo_append(&entry, path);
    }
    pthread_mutex_unlock(&undo_lock);
    return fd;
}

int open64(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    return opened(path, flags | O_LARGEFILE, mode);
}

int open(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    return opened(path, flags, mode);
}

int unlink(const char *path) {
    REAL(int, "unlink", const char *)
    if (is_counted_path(path) && spoils_path(path, "unlink", 0, 0, NULL)) {
        return -1;
    }
    long long number = has_names_undone(path) ? inode(path, S_IFREG) : 0;
    if (!number) {
        return real(path);
    }
    pthread_mutex_lock(&undo_lock);
    undo_keep(path, number);
    struct undo entry = {UNLINKED, number, inode_of_directory(path), (long long)strlen(path), 0};
    undo_append(&entry, path);
    int result = real(path);
    pthread_mutex_unlock(&undo_lock);
    return result;
}

int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *)
    if (is_counted_path(to) && spoils_path(to, "rename", 0, 0, NULL)) {
        return -1;
    }
    long long number = has_names_undone(to) ? inode(from, S_IFREG) : 0;
    if (!number) {
        return real(from, to);
    }
    char names[2 * PATH_MAX];
    size_t first = strlen(from) + 1;
    size_t length = first + strlen(to);
    memcpy(names, from, first);
    memcpy(names + first, to, length - first);
    pthread_mutex_lock(&undo_lock);
    long long replaced = inode(to, S_IFREG);
    if (replaced) {
        undo_keep(to, replaced);
    }
    struct undo entry = {RENAMED, number, inode_of_directory(to), (long long)length, replaced};
    undo_append(&entry, names);
    int result = real(from, to);
    pthread_mutex_unlock(&undo_lock);
    return result;
}
