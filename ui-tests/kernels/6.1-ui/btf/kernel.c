// SPDX-License-Identifier: GPL-2.0-only
/* A kernel in miniature: what the cases of prototypes and types, and the examples in the
   documentation, are about. */

typedef unsigned int u32;
typedef unsigned long size_t;
typedef struct { int counter; } atomic_t;
struct list_head { struct list_head *next, *prev; };
struct seq_file { char *buf; size_t size; const struct seq_operations *op; };
struct file { u32 flags; };
struct work_struct { struct list_head entry; void (*func)(struct work_struct *work); };
struct pair { int first, second; };
union value { int number; void *pointer; char bytes[12]; };
enum state { STATE_LIVE, STATE_COMING, STATE_GOING = 7 };
enum { NAME_LEN = 16, OTHER_LEN = 3 };

/* Every kind of member. */
struct task {
	volatile long state;
	struct list_head tasks;
	union {
		int exit_code;
		struct { short low, high; };
	};
	int exit_signal : 7;
	unsigned int in_exec : 1;
	unsigned int wide : 20;
	_Bool on_queue : 1;
	char comm[NAME_LEN];
	atomic_t usage;
	struct { int depth; enum state state; } nested;
	union value value;
	enum state mode;
	struct file *file;
	const struct seq_file *seq;
	int (*hook)(struct task *task, const char *fmt, ...);
	_Bool type;
	u32 tail[];
} __attribute__((aligned(64)));

struct wire {
	char tag;
	u32 length;
	size_t sum;
} __attribute__((packed));

struct task init_task;
struct wire wire;
enum { KEPT = NAME_LEN } kept;

__attribute__((section(".data..percpu"))) int cpu_number;
__attribute__((section(".data..percpu"))) struct task *current_task;

int show(struct seq_file *m, void *v) { return m != v; }
void run_work(struct work_struct *work) { work->func(work); }
long mixed(int a, size_t b, _Bool c, enum state d, const char *e) { return a + b + c + d + *e; }
void hook(int (*function)(int), struct list_head **heads) { function(heads != 0); }
struct pair swap(struct pair pair) { return (struct pair){ pair.second, pair.first }; }
int print(const char *fmt, ...) { return *fmt; }
void nothing(void) {}

/* What the examples in the documentation are about. */
enum { TASK_COMM_LEN = 16 } comm_len;
enum module_state { MODULE_STATE_LIVE, MODULE_STATE_COMING, MODULE_STATE_GOING, MODULE_STATE_UNFORMED };
union sigval { int sival_int; void *sival_ptr; };
struct mm_struct { unsigned long start_code; };
struct task_struct {
	int pid;
	char comm[TASK_COMM_LEN];
	unsigned int in_execve : 1;
	struct mm_struct *mm;
	enum module_state state;
	union sigval value;
} init_process;

int cmdline_proc_show(struct seq_file *m, void *v) { return m != v; }
