/* The load generator of bin/bench: epoll, one thread, the loopback address only.
 *
 *   loadgen sockets …    many WebSockets that write into rooms and count what arrives
 *   loadgen pages …      a few HTTP connections that stay open and ask for a page again and again
 *   loadgen sender PORT  a server that does nothing but send(): what the generator itself can take in
 *
 * Everything is bounded: connections, messages, seconds. The answer is one line of JSON.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    MOST_CONNECTIONS = 20000,
    MOST_MESSAGES = 1 << 18,
    MOST_SECONDS = 120,
    MOST_PORTS = 8,
    AT_ONCE = 64,           /* handshakes under way at the same time */
    CONNECT_PATIENCE = 120, /* seconds */
    /* A machine that others use may give a server nothing for a while: a measurement lasts until there is
     * something to tell, but no longer than so many seconds. */
    LONGEST = 10,
    SILENCE = 3,
    READ_SIZE = 1 << 21, /* twice the largest frame: what a server joins for a socket that was slow */
    MOST_TEXT = 10000,
};

static int epoll_fd;
static int port[MOST_PORTS], ports;
static pid_t server[MOST_PORTS * 2];
static int servers;
static char **cookie;
static int cookies;
/* The number of the first of the people that sockets belong to, where others have the rest. */
static int first_person;
static char read_buffer[READ_SIZE];

static void fail(const char *sentence)
{
    fprintf(stderr, "%s\n", sentence);
    exit(2);
}

static void *zeroed(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (!memory)
        fail("There is not enough memory for that many.");
    return memory;
}

/* ---- Time, and what the server has used --------------------------------------------- */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static uint64_t nanoseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* CPU seconds of all threads of a process. */
static double cpu_of(pid_t pid)
{
    clockid_t clock;
    struct timespec t;
    if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &t))
        return 0;
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double server_cpu(void)
{
    double sum = 0;
    for (int i = 0; i < servers; i++)
        sum += cpu_of(server[i]);
    return sum;
}

static long server_kilobytes(void)
{
    long sum = 0;
    for (int i = 0; i < servers; i++) {
        char name[64], line[256];
        snprintf(name, sizeof name, "/proc/%d/status", server[i]);
        FILE *file = fopen(name, "r");
        if (!file)
            continue;
        while (fgets(line, sizeof line, file))
            if (!strncmp(line, "VmRSS:", 6))
                sum += atol(line + 6);
        fclose(file);
    }
    return sum;
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static double percentile(const uint32_t *sorted, size_t count, double part)
{
    return count ? sorted[(size_t)((double)(count - 1) * part)] / 1000.0 : -1;
}

/* ---- Connections --------------------------------------------------------------------- */

static int connected_to(int to, int small_window)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)to)};
    struct linger at_once = {1, 0};
    int one = 1, little = 4096, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (fd < 0)
        fail("No more sockets can be opened: raise the limit of open files (ulimit -n).");
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    if (small_window)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS)
        fail("The server refuses connections.");
    return fd;
}

static void write_all(int fd, const char *data, size_t size)
{
    for (int tries = 0; size && tries < 200000;) {
        ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno != EAGAIN)
                return;
            usleep(20);
            tries++;
            continue;
        }
        data += sent;
        size -= (size_t)sent;
    }
}

static void watch(int fd, int how, uint32_t events, int index)
{
    struct epoll_event event = {.events = events, .data.u32 = (uint32_t)index};
    epoll_ctl(epoll_fd, how, fd, &event);
}

static const char *cookie_of(int index)
{
    return cookies ? cookie[(index + first_person) % cookies] : "";
}

/* ---- WebSockets ---------------------------------------------------------------------- */

enum state { CONNECTING, SHAKING, OPEN, JOINED, CLOSED };

struct client {
    int fd;
    enum state state;
    int stuck, resumed;
    char *rest;
    size_t rest_size, rest_room;
    uint8_t *seen;
};

static struct client *client;
enum { SHORT_TEXT = 110 };
static int text_size = SHORT_TEXT, clients = 1000, stuck, room_size, joined, closed, outstanding = 16, socket_io, greeting;
static const char *path = "/";
/* What a page says once it is connected, and what stands in the answer. */
static const char *resume, *ANSWERED = "id=\"seen\"";
static const char *ledger;
static uint64_t delivered, repeated, frames, bytes, expected;
static uint32_t sequence, saturating = MOST_MESSAGES;
static uint32_t *latency;
static size_t latencies, latency_room;
/* From which message on; what is still under way before it is late for another reason. */
static uint32_t latency_from = MOST_MESSAGES;

/* A message carries Q<16 hex digits of nanoseconds>x<8 hex digits of its number>Q. */
enum { MARK = 27 };

static int digit(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

static uint64_t hexadecimal(const char *text, int size)
{
    uint64_t value = 0;
    for (int i = 0; i < size; i++)
        value = value << 4 | (uint64_t)(digit(text[i]) & 15);
    return value;
}

static void count_marks(struct client *c, const char *text, size_t size, uint64_t when)
{
    const char *end = text + size, *at = text;
    while ((at = memchr(at, 'Q', (size_t)(end - at)))) {
        if (end - at < MARK)
            return;
        if (at[17] != 'x' || at[26] != 'Q') {
            at++;
            continue;
        }
        uint32_t number = (uint32_t)hexadecimal(at + 18, 8);
        if (number < MOST_MESSAGES && !c->stuck) {
            uint8_t bit = (uint8_t)(1u << (number & 7));
            if (c->seen[number >> 3] & bit) {
                repeated++;
            } else {
                c->seen[number >> 3] |= bit;
                delivered++;
                if (number >= latency_from && latencies < latency_room)
                    latency[latencies++] = (uint32_t)((when - hexadecimal(at + 1, 16)) / 1000);
            }
        }
        at += MARK;
    }
}

static void send_frame(struct client *c, int opcode, const char *text, size_t size)
{
    static char frame[2 * MOST_TEXT];
    size_t head = 2;
    if (size > sizeof frame - 8)
        fail("A message is longer than this generator sends.");
    frame[0] = (char)(0x80 | opcode);
    if (size < 126) {
        frame[1] = (char)(0x80 | size);
    } else {
        frame[1] = (char)(0x80 | 126);
        frame[2] = (char)(size >> 8);
        frame[3] = (char)(size & 255);
        head = 4;
    }
    memset(frame + head, 0, 4); /* a mask of zeros */
    memcpy(frame + head + 4, text, size);
    write_all(c->fd, frame, head + 4 + size);
}

static void end_client(struct client *c)
{
    if (c->state != CLOSED) {
        c->state = CLOSED;
        closed++;
        epoll_ctl(epoll_fd, EPOLL_CTL_DEL, c->fd, NULL);
    }
}

static void join(struct client *c)
{
    c->state = JOINED;
    joined++;
    if (c->stuck) /* from here on it does not read */
        epoll_ctl(epoll_fd, EPOLL_CTL_DEL, c->fd, NULL);
}

static void take_frame(struct client *c, int opcode, const char *text, size_t size, uint64_t when)
{
    if (opcode == 9) {
        send_frame(c, 10, text, size);
        return;
    }
    if (opcode == 8) {
        end_client(c);
        return;
    }
    frames++;
    if (socket_io) {
        if (c->state == OPEN && size && text[0] == '0')
            send_frame(c, 1, "40", 2);
        else if (c->state == OPEN && size > 1 && text[0] == '4' && text[1] == '0')
            join(c);
        else if (size == 1 && text[0] == '2')
            send_frame(c, 1, "3", 1);
    } else if (c->state == OPEN && resume && !c->resumed) {
        c->resumed = 1;
        send_frame(c, 1, resume, strlen(resume));
    } else if (c->state == OPEN && (!resume || memmem(text, size, ANSWERED, strlen(ANSWERED)))) {
        join(c);
    }
    count_marks(c, text, size, when);
}

static size_t take_frames(struct client *c, const char *data, size_t size, uint64_t when)
{
    size_t at = 0;
    while (size - at >= 2 && c->state != CLOSED) {
        const unsigned char *head = (const unsigned char *)data + at;
        size_t length = head[1] & 127, skip = 2;
        if (length == 126) {
            if (size - at < 4)
                break;
            length = (size_t)head[2] << 8 | head[3];
            skip = 4;
        } else if (length == 127) {
            if (size - at < 10)
                break;
            length = 0;
            for (int i = 2; i < 10; i++)
                length = length << 8 | head[i];
            skip = 10;
        }
        if (length > READ_SIZE / 2)
            fail("A frame is larger than this generator reads.");
        if (size - at < skip + length)
            break;
        take_frame(c, head[0] & 15, data + at + skip, length, when);
        at += skip + length;
    }
    return at;
}

static void keep(struct client *c, const char *data, size_t size)
{
    if (c->rest_room < size) {
        c->rest_room = size < 4096 ? 4096 : size * 2;
        c->rest = realloc(c->rest, c->rest_room);
        if (!c->rest)
            fail("There is not enough memory.");
    }
    memmove(c->rest, data, size);
    c->rest_size = size;
}

static void read_client(struct client *c)
{
    size_t before = c->rest_size;
    if (before)
        memcpy(read_buffer, c->rest, before);
    ssize_t got = recv(c->fd, read_buffer + before, sizeof read_buffer - before - 1, 0);
    if (got <= 0) {
        if (got == 0 || (errno != EAGAIN && errno != EINTR))
            end_client(c);
        return;
    }
    bytes += (uint64_t)got;
    c->rest_size = 0;
    char *data = read_buffer;
    size_t size = before + (size_t)got;
    uint64_t when = nanoseconds();
    if (c->state == SHAKING) {
        char *end = memmem(data, size, "\r\n\r\n", 4);
        if (!end) {
            keep(c, data, size);
            return;
        }
        if (memcmp(data, "HTTP/1.1 101", 12)) {
            data[size] = 0;
            fprintf(stderr, "A handshake was refused: %.80s\n", data);
            exit(2);
        }
        size -= (size_t)(end + 4 - data);
        data = end + 4;
        c->state = OPEN;
        if (!greeting && !socket_io)
            join(c);
    }
    size_t used = take_frames(c, data, size, when);
    if (used < size)
        keep(c, data + used, size - used);
}

static void shake(int index)
{
    struct client *c = &client[index];
    char where[256], request[2048];
    int error = 0, to = port[index % ports];
    socklen_t length = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error)
        fail("The server refuses connections.");
    /* %d in the path is the number of the room. */
    snprintf(where, sizeof where, path, room_size ? (index + first_person) / room_size : 0);
    int size = snprintf(request, sizeof request,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nOrigin: http://127.0.0.1:%d\r\n"
                        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0\r\n"
                        "Accept-Language: en-GB,en;q=0.7\r\nCache-Control: no-cache\r\n%s%s%s\r\n",
                        where, to, to, cookies ? "Cookie: " : "", cookie_of(index), cookies ? "\r\n" : "");
    write_all(c->fd, request, (size_t)size);
    c->state = SHAKING;
    watch(c->fd, EPOLL_CTL_MOD, EPOLLIN, index);
}

static void pump(int milliseconds)
{
    static struct epoll_event event[512];
    int count = epoll_wait(epoll_fd, event, 512, milliseconds);
    for (int i = 0; i < count; i++) {
        int index = (int)event[i].data.u32;
        if (client[index].state == CONNECTING)
            shake(index);
        else if (client[index].state != CLOSED)
            read_client(&client[index]);
    }
}

static void pump_for(double seconds)
{
    double end = now() + seconds;
    while (now() < end)
        pump(10);
}

/* Until nothing but pulses has arrived for a while: the arrivals have been told to everybody. */
static void settle(double quiet, double patience)
{
    double start = now(), last = start;
    uint64_t before = frames;
    while (now() - last < quiet && now() - start < patience) {
        pump(10);
        if (frames - before > (uint64_t)clients / 50)
            last = now(), before = frames;
    }
}

/* `text_size` bytes of words, from another place of the same long text each time: to put them together anew
 * for each message would be most of what this generator does. */
static const char *words(void)
{
    static const char *word[] = {"the",    "deploy", "is",   "done",   "but",   "I",     "still", "see",
                                 "on",     "staging", "can", "someone", "look", "at",    "logs",  "from",
                                 "last",   "night",  "maybe", "we",    "should", "roll", "back",  "before",
                                 "lunch",  "and",    "retry", "with",  "smaller", "batch", "sizes", "tea"};
    static uint64_t random = 88172645463325252u;
    static char text[8 * MOST_TEXT];
    static size_t size;
    while (size < sizeof text - 16) {
        random ^= random << 13, random ^= random >> 7, random ^= random << 17;
        size += (size_t)snprintf(text + size, sizeof text - size, "%s ", word[random % 32]);
    }
    random ^= random << 13, random ^= random >> 7, random ^= random << 17;
    return text + random % (size - (size_t)text_size);
}

/* One message; the writers take turns, so that nobody is faster than a person may be. */
static void publish(void)
{
    char text[MOST_TEXT + 128];
    int writer = (int)(sequence % (uint32_t)(clients - stuck)), tries = 0, size;
    while (client[writer].state != JOINED && tries++ < clients)
        writer = (writer + 1) % (clients - stuck);
    if (sequence >= MOST_MESSAGES)
        fail("That is more messages than this generator counts.");
    size = snprintf(text, sizeof text,
                    socket_io ? "42[\"message\",{\"body\":\"Q%016llxx%08xQ %.*s\",\"token\":\"%08x\"}]"
                              : "{\"type\":\"message\",\"body\":\"Q%016llxx%08xQ %.*s\",\"token\":\"%08x\"}",
                    (unsigned long long)nanoseconds(), sequence, text_size, words(), sequence);
    sequence++;
    expected += (uint64_t)(room_size ? room_size : clients) - (uint64_t)stuck;
    send_frame(&client[writer], 1, text, (size_t)size);
}

struct phase {
    double seconds, rate, cpu, own, bytes_each;
    uint64_t delivered, lost;
};

/* As much as goes through, with a bounded number of messages under way; no longer than until there were so many. */
static struct phase saturate(double seconds)
{
    uint64_t each = (uint64_t)(room_size ? room_size : clients) - (uint64_t)stuck;
    uint64_t start_delivered = delivered, start_bytes = bytes, lost = 0, seen = delivered;
    double start = now(), cpu = server_cpu(), own = cpu_of(getpid()), moved = start;
    /* A server that has died hears nothing more. */
    while (sequence < saturating && closed < clients
           && (now() - start < seconds || (delivered - start_delivered < each && now() - start < LONGEST))) {
        while (expected - delivered - lost < (uint64_t)(outstanding - 1) * each + 1 && sequence < saturating)
            publish();
        pump(5);
        if (delivered != seen)
            seen = delivered, moved = now();
        else if (now() - moved > SILENCE)
            lost += expected - delivered - lost, moved = now();
    }
    struct phase p = {.seconds = now() - start, .delivered = delivered - start_delivered};
    p.rate = (double)p.delivered / p.seconds;
    p.cpu = p.delivered ? (server_cpu() - cpu) / (double)p.delivered * 1e5 : -1;
    p.own = (cpu_of(getpid()) - own) / p.seconds;
    p.bytes_each = p.delivered ? (double)(bytes - start_bytes) / (double)p.delivered : 0;
    return p;
}

/* Wait for what is still under way; what does not come within some seconds of silence is lost. */
static uint64_t drain(void)
{
    double moved = now();
    uint64_t seen = delivered;
    while (delivered < expected && closed < clients && now() - moved < SILENCE) {
        pump(10);
        if (delivered != seen)
            seen = delivered, moved = now();
    }
    uint64_t missing = expected - delivered;
    expected = delivered;
    return missing;
}

/* So many messages a second, evenly, and short ones; how long each took to everybody. */
static struct phase steadily(double seconds, double rate)
{
    double start = now(), next = start, cpu = server_cpu(), own = cpu_of(getpid());
    uint64_t start_delivered = delivered;
    latency_from = sequence;
    text_size = SHORT_TEXT;
    while (now() - start < seconds && closed < clients) {
        while (now() >= next && sequence < MOST_MESSAGES) {
            publish();
            next += 1 / rate;
        }
        double wait = next - now();
        pump(wait > 0.002 ? (int)(wait * 1000) : 0);
    }
    struct phase p = {.seconds = now() - start, .lost = drain()};
    p.delivered = delivered - start_delivered;
    p.cpu = p.delivered ? (server_cpu() - cpu) / (double)p.delivered * 1e5 : -1;
    p.own = (cpu_of(getpid()) - own) / (now() - start);
    return p;
}

/* A line for each message: on how many pages it was seen. Those that were said by others are among them. */
static void write_ledger(const char *name)
{
    FILE *file = fopen(name, "w");
    if (!file)
        fail("The ledger cannot be written.");
    for (uint32_t number = 0; number < MOST_MESSAGES; number++) {
        int reached = 0;
        for (int i = 0; i < clients; i++)
            reached += client[i].seen[number >> 3] >> (number & 7) & 1;
        if (number < sequence || reached)
            fprintf(file, "%u %d\n", number, reached);
    }
    fclose(file);
}

static int sockets(double warm, double seconds, double steady, double rate, double hold)
{
    client = zeroed((size_t)clients, sizeof *client);
    for (int i = 0; i < clients; i++)
        client[i].seen = zeroed(MOST_MESSAGES / 8, 1);
    latency_room = 8000000;
    latency = zeroed(latency_room, sizeof *latency);

    /* The first tenth also pays for what a server loads only once. */
    long before = 0;
    int first = clients / 10;
    double start = now(), cpu = server_cpu();
    for (int started = 0; joined < clients; pump(100)) {
        for (; started < clients && started - joined < AT_ONCE; started++) {
            client[started].stuck = started >= clients - stuck;
            client[started].fd = connected_to(port[started % ports], client[started].stuck);
            watch(client[started].fd, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT, started);
        }
        if (!before && joined >= first) {
            before = server_kilobytes();
            first = joined;
        }
        if (closed)
            fail("The server closes sockets that have just been opened.");
        if (now() - start > CONNECT_PATIENCE)
            fail("The sockets do not all open.");
    }
    double connecting = now() - start;
    /* Only a server that greets has more to tell: who has come. */
    settle(greeting ? 0.4 : 0.2, 15);
    double connect_cpu = server_cpu() - cpu;
    long idle = server_kilobytes();
    if (hold > 0) {
        puts("{\"held\":true}");
        fflush(stdout);
    }
    double hold_cpu = server_cpu(), hold_start = now();
    pump_for(hold);
    hold_cpu = hold > 0 ? (server_cpu() - hold_cpu) / (now() - hold_start) : 0;

    struct phase full = {0}, even = {0};
    uint64_t lost = 0;
    if (warm > 0)
        saturate(warm);
    if (seconds > 0)
        full = saturate(seconds);
    lost += drain();
    pump_for(0.2);
    if (steady > 0)
        even = steadily(steady, rate);
    lost += even.lost;
    if (ledger)
        write_ledger(ledger);
    qsort(latency, latencies, sizeof *latency, by_size);
    printf("{\"sockets\":%d,\"connect_seconds\":%.3f,\"connect_cpu\":%.3f,\"kilobytes_each\":%.2f,"
           "\"kilobytes_idle\":%ld,\"kilobytes_after\":%ld,\"idle_cpu\":%.4f,\"per_second\":%.1f,"
           "\"cpu_per_100k\":%.4f,\"generator_share\":%.3f,\"bytes_each\":%.0f,\"lost\":%llu,\"repeated\":%llu,"
           "\"closed\":%d,\"messages\":%u,\"rate\":%.1f,\"p50\":%.3f,\"p99\":%.3f,\"worst\":%.3f,"
           "\"steady_cpu_per_100k\":%.4f}\n",
           clients, connecting, connect_cpu, (double)(idle - before) / (clients - first ? clients - first : 1), idle, server_kilobytes(), hold_cpu, full.rate, full.cpu,
           full.own, full.bytes_each, (unsigned long long)lost, (unsigned long long)repeated, closed, sequence,
           rate, percentile(latency, latencies, 0.5), percentile(latency, latencies, 0.99),
           percentile(latency, latencies, 1), even.cpu);
    return 0;
}

/* ---- Pages --------------------------------------------------------------------------- */

struct page {
    int fd;
    char *answer;
    size_t size, room, head, whole;
    double asked;
};

static const char *page_head = "", *page_body;

/* Whether whoever asks shows a token, as a whole header, and no cookie. */
static int is_program(int index)
{
    return !strncmp(cookie_of(index), "Authorization:", 14);
}

static void ask(struct page *p, int index, uint32_t number)
{
    char request[8192], body[4096] = "";
    int body_size = page_body ? snprintf(body, sizeof body, page_body, number) : 0;
    int size = snprintf(request, sizeof request,
                        "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/html\r\n%s%s\r\n%s",
                        page_body ? "POST" : "GET", path, port[0], is_program(index) ? "" : "Cookie: ",
                        cookie_of(index), page_head);
    if (page_body)
        size += snprintf(request + size, sizeof request - (size_t)size, "Content-Type: %s\r\nContent-Length: %d\r\n",
                         is_program(index) ? "application/json" : "application/x-www-form-urlencoded", body_size);
    size += snprintf(request + size, sizeof request - (size_t)size, "\r\n%s", body);
    p->size = p->head = p->whole = 0;
    p->asked = now();
    write_all(p->fd, request, (size_t)size);
}

/* Whether the answer is complete; then `status` is its status. */
static int read_page(struct page *p, int *status)
{
    if (p->room - p->size < 65536) {
        p->room = p->size + 262144;
        p->answer = realloc(p->answer, p->room);
        if (!p->answer)
            fail("There is not enough memory.");
    }
    ssize_t got = recv(p->fd, p->answer + p->size, p->room - p->size - 1, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
        fail("The server closes connections that should stay open.");
    if (got < 0)
        return 0;
    p->size += (size_t)got;
    p->answer[p->size] = 0;
    if (!p->whole) {
        char *end = memmem(p->answer, p->size, "\r\n\r\n", 4);
        if (!end)
            return 0;
        *end = 0;
        char *length = strcasestr(p->answer, "\r\ncontent-length:");
        if (!length)
            fail("An answer does not say how long it is.");
        p->head = (size_t)(end + 4 - p->answer);
        p->whole = p->head + strtoul(length + 17, NULL, 10);
    }
    *status = atoi(p->answer + 9);
    return p->size >= p->whole;
}

static int pages(int connections, double warm, double seconds, int wanted)
{
    struct page *page = zeroed((size_t)connections, sizeof *page);
    size_t most = 1000000, count = 0, enough = 2 * (size_t)connections;
    uint32_t *took = zeroed(most, sizeof *took), number = 0;
    uint64_t refused = 0, total = 0;
    for (int i = 0; i < connections; i++) {
        page[i].fd = connected_to(port[0], 0);
        watch(page[i].fd, EPOLL_CTL_ADD, EPOLLIN, i);
        ask(&page[i], i, number++);
    }
    double start = now(), cpu = server_cpu(), own = cpu_of(getpid());
    int measuring = warm <= 0;
    while (!measuring || now() - start < seconds
           || (count < enough && now() - start < LONGEST)) {
        struct epoll_event event[64];
        int ready = epoll_wait(epoll_fd, event, 64, 100);
        for (int i = 0; i < ready; i++) {
            struct page *p = &page[event[i].data.u32];
            int status = 0;
            if (!read_page(p, &status))
                continue;
            if (status != wanted) {
                if (!refused++)
                    fprintf(stderr, "%s answers %d\n", path, status);
            }
            if (measuring && count < most) {
                took[count++] = (uint32_t)((now() - p->asked) * 1e6);
                total += p->size - p->head;
            }
            ask(p, (int)event[i].data.u32, number++);
        }
        /* The first answers also pay for what a server loads only once. */
        if (!measuring && ((now() - start > warm && number > enough) || now() - start > LONGEST)) {
            measuring = 1;
            start = now();
            cpu = server_cpu(), own = cpu_of(getpid());
        }
    }
    double elapsed = now() - start;
    cpu = server_cpu() - cpu;
    own = cpu_of(getpid()) - own;
    qsort(took, count, sizeof *took, by_size);
    printf("{\"requests\":%zu,\"per_second\":%.2f,\"cpu_ms\":%.4f,\"bytes\":%.0f,\"p50\":%.3f,\"p99\":%.3f,"
           "\"refused\":%llu,\"generator_share\":%.3f}\n",
           count, (double)count / elapsed, count ? cpu / (double)count * 1000 : -1,
           count ? (double)total / (double)count : 0, percentile(took, count, 0.5), percentile(took, count, 0.99),
           (unsigned long long)refused, own / elapsed);
    return 0;
}

/* ---- A server that only sends --------------------------------------------------------- */

static int sender(int to, size_t fragment)
{
    enum { MOST = 4096 };
    static int fd[MOST];
    static char frame[65536];
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)to)};
    int count = 0, one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                 "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024))
        fail("That port is taken.");
    watch(listener, EPOLL_CTL_ADD, EPOLLIN, MOST);
    memset(frame, '.', sizeof frame);
    frame[0] = (char)0x81;
    frame[1] = 126;
    frame[2] = (char)(fragment >> 8);
    frame[3] = (char)(fragment & 255);
    for (double start = now(); now() - start < MOST_SECONDS;) {
        struct epoll_event event[256];
        int ready = epoll_wait(epoll_fd, event, 256, 100);
        for (int i = 0; i < ready; i++) {
            int index = (int)event[i].data.u32;
            if (index == MOST) {
                int next = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
                if (next >= 0 && count < MOST) {
                    setsockopt(next, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                    watch(next, EPOLL_CTL_ADD, EPOLLIN, count);
                    fd[count++] = next;
                }
                continue;
            }
            ssize_t got = recv(fd[index], read_buffer, sizeof read_buffer, 0);
            if (got <= 0) {
                epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd[index], NULL);
                continue;
            }
            if (!memcmp(read_buffer, "GET ", 4)) {
                write_all(fd[index], answer, sizeof answer - 1);
                continue;
            }
            for (char *at = read_buffer; (at = memmem(at, (size_t)(read_buffer + got - at), "\"Q", 2)); at += MARK) {
                memcpy(frame + 4, at + 1, MARK);
                for (int k = 0; k < count; k++)
                    write_all(fd[k], frame, fragment + 4);
            }
        }
    }
    return 0;
}

/* ---- What is asked -------------------------------------------------------------------- */

static void read_cookies(const char *name)
{
    static char line[512];
    FILE *file = fopen(name, "r");
    if (!file)
        fail("The file of cookies cannot be read.");
    cookie = zeroed(MOST_CONNECTIONS, sizeof *cookie);
    while (cookies < MOST_CONNECTIONS && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        cookie[cookies++] = strdup(line);
    }
    fclose(file);
}

static double bounded(const char *text, double most)
{
    double value = atof(text);
    return value < 0 ? 0 : value > most ? most : value;
}

static int numbers(char *text, int *into, int most)
{
    int count = 0;
    for (char *word = strtok(text, ","); word && count < most; word = strtok(NULL, ","))
        into[count++] = atoi(word);
    return count;
}

int main(int words_count, char **word)
{
    static const struct option options[] = {
        {"ports", 1, 0, 'p'},       {"pids", 1, 0, 'i'},    {"path", 1, 0, 'u'},   {"cookies", 1, 0, 'c'},
        {"sockets", 1, 0, 'n'},     {"stuck", 1, 0, 'S'},   {"room-size", 1, 0, 'm'}, {"socket-io", 0, 0, 'o'},
        {"greeting", 0, 0, 'g'},    {"outstanding", 1, 0, 'w'}, {"warm", 1, 0, 'W'}, {"seconds", 1, 0, 's'},
        {"steady", 1, 0, 'l'},      {"rate", 1, 0, 'r'},    {"hold", 1, 0, 'h'},   {"connections", 1, 0, 'k'},
        {"status", 1, 0, 't'},      {"text", 1, 0, 'x'},      {"most", 1, 0, 'M'},      {"head", 1, 0, 'H'},    {"body", 1, 0, 'b'},
        {"resume", 1, 0, 'R'},      {"ledger", 1, 0, 'L'},    {"first", 1, 0, 'F'},  {0}};
    double warm = 0.5, seconds = 2, steady = 0, rate = 10, hold = 0;
    int connections = 16, status = 200, option;
    struct rlimit files;
    if (words_count < 2)
        fail("Type: loadgen sockets …, loadgen pages …, or loadgen sender PORT SIZE");
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    signal(SIGPIPE, SIG_IGN);
    epoll_fd = epoll_create1(0);
    if (!strcmp(word[1], "sender") && words_count == 4)
        return sender(atoi(word[2]), (size_t)bounded(word[3], 60000));
    optind = 2;
    while ((option = getopt_long(words_count, word, "", options, NULL)) != -1) {
        switch (option) {
        case 'p': ports = numbers(optarg, port, MOST_PORTS); break;
        case 'i': servers = numbers(optarg, server, MOST_PORTS * 2); break;
        case 'u': path = optarg; break;
        case 'c': read_cookies(optarg); break;
        case 'n': clients = (int)bounded(optarg, MOST_CONNECTIONS); break;
        case 'S': stuck = (int)bounded(optarg, 100); break;
        case 'm': room_size = (int)bounded(optarg, MOST_CONNECTIONS); break;
        case 'o': socket_io = 1; break;
        case 'x': text_size = (int)bounded(optarg, MOST_TEXT - 100); break;
        case 'g': greeting = 1; break;
        case 'M': saturating = (uint32_t)bounded(optarg, MOST_MESSAGES); break;
        case 'w': outstanding = (int)bounded(optarg, 1000); break;
        case 'W': warm = bounded(optarg, MOST_SECONDS); break;
        case 's': seconds = bounded(optarg, MOST_SECONDS); break;
        case 'l': steady = bounded(optarg, MOST_SECONDS); break;
        case 'r': rate = bounded(optarg, 10000); break;
        case 'h': hold = bounded(optarg, MOST_SECONDS); break;
        case 'k': connections = (int)bounded(optarg, 256); break;
        case 't': status = atoi(optarg); break;
        case 'R': resume = optarg; break;
        case 'L': ledger = optarg; break;
        case 'F': first_person = (int)bounded(optarg, MOST_CONNECTIONS); break;
        case 'H': page_head = optarg; break;
        case 'b': page_body = optarg; break;
        default: return 2;
        }
    }
    if (!ports)
        fail("Say which ports: --ports 8000");
    if (!strcmp(word[1], "sockets") && clients > stuck && rate > 0 && outstanding > 0)
        return sockets(warm, seconds, steady, rate, hold);
    if (!strcmp(word[1], "pages") && connections > 0)
        return pages(connections, warm, seconds, status);
    fail("Type: loadgen sockets …, loadgen pages …, or loadgen sender PORT SIZE");
}
