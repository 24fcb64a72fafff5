// strike --log FILE --under DIR [--at N [--error NAME [--span SECONDS]]] -- PROGRAM [ARG...]
//
// Becomes PROGRAM and strikes it at its Nth durable system call: SIGKILL before the call is made, or the call
// fails with the error instead of being made (and so do all later ones, for SECONDS). Without --at nothing is
// struck and the log tells the points. Durable is what changes a file or a name below DIR, or makes it safe,
// or starts a process; strace counts by the call's name and cannot tell an open that creates from one that
// reads.
//
// The tracer is a process of its own, outside of PROGRAM's session: PROGRAM keeps the number, the parent and
// the session that it would have. What PROGRAM starts is not traced.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tracee.hpp"

namespace {

using strike::Call;
using strike::Tracee;

struct Plan {
    std::string log, under;
    long at = 0;
    int error = 0;
    double span = 0;
    char** program = nullptr;
};

[[noreturn]] void usage(const char* what) {
    std::fprintf(stderr, "strike: %s\n", what);
    std::exit(64);
}

Plan read_plan(int count, char** words) {
    Plan plan;
    for (int i = 1; i < count; i += 2) {
        std::string word = words[i];
        if (word == "--") plan.program = words + i + 1;
        if (word == "--") break;
        if (i + 1 >= count) usage("an option without its value");
        const char* value = words[i + 1];
        if (word == "--log")
            plan.log = value;
        else if (word == "--under")
            plan.under = value;
        else if (word == "--at")
            plan.at = std::atol(value);
        else if (word == "--error")
            plan.error = strike::error_number(value);
        else if (word == "--span")
            plan.span = std::atof(value);
        else
            usage("an option that is not known");
    }
    if (!plan.program || !*plan.program || plan.log.empty() || plan.under.empty()) usage("see strike.cpp");
    return plan;
}

class Striker {
public:
    explicit Striker(const Plan& plan) : plan_(plan), log_(std::fopen(plan.log.c_str(), "we")) {
        if (!log_) usage("the log cannot be written");
        std::setvbuf(log_, nullptr, _IOLBF, 0);
    }

    // Called at the entry of every system call.
    void entered(Tracee& tracee) {
        auto call = tracee.durable(plan_.under);
        if (!call) return;
        number_ += 1;
        bool now = plan_.at > 0 && (number_ == plan_.at || (number_ > plan_.at && within()));
        std::fprintf(log_, "%ld %s %s%s\n", number_, call->name.c_str(), call->what.c_str(),
                     now ? " STRUCK" : "");
        if (!now) return;
        if (number_ == plan_.at) begin_ = std::chrono::steady_clock::now();
        if (plan_.error)
            tracee.refuse(call->spawns && plan_.error != ENOSPC ? EAGAIN : plan_.error);
        else
            tracee.kill();
    }

    void ended(int status) {
        if (WIFEXITED(status)) std::fprintf(log_, "exit %d\n", WEXITSTATUS(status));
        if (WIFSIGNALED(status)) std::fprintf(log_, "signal %d\n", WTERMSIG(status));
        std::fclose(log_);
    }

private:
    bool within() const {
        std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin_;
        return plan_.error && passed.count() < plan_.span;
    }

    const Plan& plan_;
    std::FILE* log_;
    long number_ = 0;
    std::chrono::steady_clock::time_point begin_;
};

// Until the program is gone. Its first exec is its birth and no point.
void follow(Striker& striker, Tracee& tracee) {
    bool born = false, inside = false;
    for (int status; tracee.wait(status);) {
        int signal = WSTOPSIG(status), event = status >> 16, pass = 0;
        if (event == PTRACE_EVENT_EXEC) {
            born = true;
        } else if (event == PTRACE_EVENT_STOP) {
            if (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU) {
                tracee.listen();
                continue;
            }
        } else if (signal == (SIGTRAP | 0x80)) {
            inside = tracee.at_entry();
            if (born && inside) striker.entered(tracee);
            if (!inside) tracee.answer();
        } else {
            pass = signal;
        }
        tracee.go_on(pass);
    }
    striker.ended(tracee.status());
}

// The tracer's life, in a grandchild of the program: nobody of the program's family waits for it.
[[noreturn]] void trace(const Plan& plan, pid_t program, int ready) {
    ::setsid();
    for (int signal : {SIGTERM, SIGINT, SIGHUP}) ::signal(signal, SIG_IGN);
    Striker striker(plan);
    Tracee tracee(program);
    bool seized = tracee.seize();
    if (::write(ready, seized ? "y" : "n", 1) != 1) std::_Exit(1);
    ::close(ready);
    for (int fd = 0; fd < 3; ++fd) ::dup2(::open("/dev/null", O_RDWR | O_CLOEXEC), fd);
    if (seized) follow(striker, tracee);
    std::_Exit(0);
}

void make_tracer(const Plan& plan) {
    int ready[2];
    if (::pipe2(ready, O_CLOEXEC) != 0) usage("no pipe");
    ::prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
    pid_t program = ::getpid(), child = ::fork();
    if (child < 0) usage("no process");
    if (child == 0) {
        if (::fork() == 0) trace(plan, program, ready[1]);
        std::_Exit(0);
    }
    ::waitpid(child, nullptr, 0);
    ::close(ready[1]);
    char answer = 0;
    if (::read(ready[0], &answer, 1) != 1 || answer != 'y') usage("ptrace is refused here");
    ::close(ready[0]);
}

}  // namespace

int main(int count, char** words) {
    Plan plan = read_plan(count, words);
    make_tracer(plan);
    ::prctl(PR_SET_PTRACER, 0, 0, 0, 0);
    ::execvp(plan.program[0], plan.program);
    std::perror("strike: exec");
    return 127;
}
