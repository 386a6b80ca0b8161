/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/scan.h"

/* A part of the walk, with its files. */
typedef struct task {
    bw_zephyr_part part;
    bool of_socs;
    GArray *files; /* of bw_zephyr_scanned */
} task;

typedef struct crew {
    bw_context *ctx;
    GArray *tasks; /* of task */
    gint next;     /* atomic */
} crew;

typedef struct worker {
    crew *crew;
    bw_arena *arena;
} worker;

static void read_file(bw_context *ctx, bool of_socs, bw_zephyr_scanned *file, bw_arena *arena, bw_findings *findings)
{
    if (of_socs)
        file->soc = bw_soc_yml_read(ctx, file->found.path, arena, findings);
    else
        file->board = bw_board_yml_read(ctx, file->found.path, arena, findings);
}

static void do_task(const worker *w, task *t)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_found));

    bw_zephyr_walk(w->arena, &t->part, t->of_socs ? "soc.yml" : "board.yml",
                   t->of_socs ? BW_ZEPHYR_BY_PATH : BW_ZEPHYR_TOP_FIRST, found);
    t->files = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_scanned));
    for (guint i = 0; i < found->len; i++) {
        bw_zephyr_scanned file = {.found = g_array_index(found, bw_zephyr_found, i)};
        bw_findings said;

        bw_findings_init(&said, w->crew->ctx);
        read_file(w->crew->ctx, t->of_socs, &file, w->arena, &said);
        /* Who has something to say says it again where it is heard, in order. */
        if (said.first)
            file.soc = NULL, file.board = NULL;
        bw_findings_free(&said);
        g_array_append_val(t->files, file);
    }
    g_array_free(found, TRUE);
}

static gpointer work(gpointer data)
{
    const worker *w = data;

    for (;;) {
        guint i = (guint)g_atomic_int_add(&w->crew->next, 1);

        if (i >= w->crew->tasks->len)
            return NULL;
        do_task(w, &g_array_index(w->crew->tasks, task, i));
    }
}

static void add_tasks(bw_zephyr *z, GArray *tasks, const char *const *roots, bool of_socs)
{
    GArray *parts = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_part));

    if (of_socs)
        bw_zephyr_split(&z->arena, roots, "soc", "soc.yml", BW_ZEPHYR_BY_PATH, parts);
    else
        bw_zephyr_split(&z->arena, roots, "boards", "board.yml", BW_ZEPHYR_TOP_FIRST, parts);
    if (!of_socs && z->roots.loose)
        bw_zephyr_split_loose(&z->arena, roots, "boards", parts);
    for (guint i = 0; i < parts->len; i++) {
        task t = {g_array_index(parts, bw_zephyr_part, i), of_socs, NULL};
        g_array_append_val(tasks, t);
    }
    g_array_free(parts, TRUE);
}

/* The board.yml directly in folders that were named. */
static void add_board_dirs(bw_zephyr *z, GArray *tasks)
{
    for (const char *const *given = z->roots.board_dirs; *given; given++) {
        const char *path = bw_zephyr_tidy_path(&z->arena, *given);
        task t = {{path, path, true, z->roots.loose}, false, NULL};

        g_array_append_val(tasks, t);
    }
}

static bw_arena *new_arena(bw_zephyr *z)
{
    bw_arena *arena = g_new0(bw_arena, 1);

    bw_arena_init(arena);
    g_array_append_val(z->arenas, arena);
    return arena;
}

static void run(bw_zephyr *z, crew *c, int threads)
{
    worker *workers = g_new0(worker, (gsize)threads);
    GThread **others = g_new0(GThread *, (gsize)threads);

    for (int i = 0; i < threads; i++)
        workers[i] = (worker){c, new_arena(z)};
    for (int i = 1; i < threads; i++)
        others[i] = g_thread_new("zephyr", work, &workers[i]);
    work(&workers[0]);
    for (int i = 1; i < threads; i++)
        g_thread_join(others[i]);
    g_free(others);
    g_free(workers);
}

void bw_zephyr_scan(bw_zephyr *z, int threads, GArray *socs, GArray *boards, bw_findings *findings)
{
    crew c = {.ctx = z->ctx, .tasks = g_array_new(FALSE, FALSE, sizeof(task))};

    add_tasks(z, c.tasks, z->roots.soc_roots, true);
    if (z->roots.board_dirs && z->roots.board_dirs[0])
        add_board_dirs(z, c.tasks);
    else
        add_tasks(z, c.tasks, z->roots.board_roots, false);
    run(z, &c, CLAMP(threads, 1, MAX((int)c.tasks->len, 1)));
    for (guint i = 0; i < c.tasks->len; i++) {
        task *t = &g_array_index(c.tasks, task, i);

        for (guint k = 0; k < t->files->len; k++) {
            bw_zephyr_scanned *file = &g_array_index(t->files, bw_zephyr_scanned, k);

            if (!file->soc && !file->board)
                read_file(z->ctx, t->of_socs, file, &z->arena, findings);
            g_array_append_val(t->of_socs ? socs : boards, *file);
        }
        g_array_free(t->files, TRUE);
    }
    g_array_free(c.tasks, TRUE);
}
