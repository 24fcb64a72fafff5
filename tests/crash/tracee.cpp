#include "tracee.hpp"

#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace strike {

int error_number(const std::string& name) {
    if (name == "EIO") return EIO;
    if (name == "ENOSPC") return ENOSPC;
    if (name == "EDQUOT") return EDQUOT;
    if (name == "ESTALE") return ESTALE;
    std::fprintf(stderr, "strike: an error that is not known: %s\n", name.c_str());
    std::exit(64);
}

bool Tracee::seize() {
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC;
    return ::ptrace(PTRACE_SEIZE, pid_, nullptr, options) == 0 &&
           ::ptrace(PTRACE_INTERRUPT, pid_, nullptr, nullptr) == 0;
}

bool Tracee::wait(int& status) {
    pid_t got;
    do got = ::waitpid(pid_, &status_, __WALL);
    while (got < 0 && errno == EINTR);
    status = status_;
    return got == pid_ && WIFSTOPPED(status_);
}

bool Tracee::at_entry() const {
    __ptrace_syscall_info info{};
    return ::ptrace(PTRACE_GET_SYSCALL_INFO, pid_, sizeof info, &info) > 0 &&
           info.op == PTRACE_SYSCALL_INFO_ENTRY;
}

// A call at whose entry its process is killed is not made: the kernel looks for the signal before.
void Tracee::kill() {
    ::kill(pid_, SIGKILL);
}

void Tracee::refuse(int error) {
    user_regs_struct registers;
    if (::ptrace(PTRACE_GETREGS, pid_, nullptr, &registers) != 0) return;
    registers.orig_rax = static_cast<unsigned long long>(-1);
    if (::ptrace(PTRACE_SETREGS, pid_, nullptr, &registers) == 0) refused_ = error;
}

void Tracee::answer() {
    if (refused_ == 0) return;
    user_regs_struct registers;
    if (::ptrace(PTRACE_GETREGS, pid_, nullptr, &registers) != 0) return;
    registers.rax = static_cast<unsigned long long>(-static_cast<long long>(refused_));
    (void)::ptrace(PTRACE_SETREGS, pid_, nullptr, &registers);
    refused_ = 0;
}

void Tracee::go_on(int signal) {
    ::ptrace(PTRACE_SYSCALL, pid_, nullptr, static_cast<long>(signal));
}

void Tracee::listen() {
    ::ptrace(PTRACE_LISTEN, pid_, nullptr, nullptr);
}

}  // namespace strike
