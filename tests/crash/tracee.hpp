// One traced process, and what it is about to do to the file system. Linux on x86_64.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace strike {

struct Call {
    std::string name;
    std::string what;  // paths and descriptors, for people
    bool spawns = false;
};

// EIO, ENOSPC, EDQUOT, ESTALE; ends the program for another word.
int error_number(const std::string& name);

class Tracee {
public:
    explicit Tracee(pid_t pid) : pid_(pid) {}

    bool seize();
    // The next stop; false once it is gone.
    bool wait(int& status);
    int status() const { return status_; }

    bool at_entry() const;
    // The call at whose entry it stands, if that changes something below `root`, makes it safe or starts a
    // process.
    std::optional<Call> durable(const std::string& root) const;

    void kill();
    // The call at whose entry it stands is not made and answers with the error.
    void refuse(int error);
    // At the exit of a call: brings the error of refuse().
    void answer();
    void go_on(int signal);
    void listen();

private:
    pid_t pid_;
    int status_ = 0;
    int refused_ = 0;
};

}  // namespace strike
