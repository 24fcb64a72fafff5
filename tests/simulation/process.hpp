// A process of the simulated world: a fiber that runs until it waits, hangs in a system call, or dies.
#pragma once

#include <algorithm>
#include <boost/context/fiber.hpp>
#include <functional>
#include <memory>
#include <string>

#include "simulation/dice.hpp"

namespace tw::simulation {

class World;
struct Machine;

struct Killed {};  // thrown where the process dies: nothing of it runs after that

class Process {
public:
    using Body = std::function<void(Process&)>;

    Process(World& world, Machine& machine, std::string name, std::int64_t pid, std::int64_t started, Body body);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    World& world;
    Machine& machine;
    const std::string name;
    const std::int64_t pid, start_time;
    Dice dice;
    int interrupts = 0;     // stop requests (TERM) it has got
    bool mortal = true;     // its system calls may fail and kill it

    // For the process itself. Throws Killed when it was killed meanwhile.
    void pause(double seconds);
    void pause_until(double time);
    [[noreturn]] void die();

    // For others.
    bool over() const { return over_; }
    bool dying() const { return killed_; }
    double wakes() const { return std::max(wakes_, stopped_until_); }
    void kill();           // SIGKILL: at its next step
    void wake();           // a pause ends now
    void stop_until(double time) { stopped_until_ = time; }  // SIGSTOP, and SIGCONT then
    void resume();         // by the world alone
    std::function<void()> on_end;  // when it is over, however

private:
    void live();
    void switch_out();

    Body body_;
    boost::context::fiber fiber_, world_fiber_;
    double wakes_ = 0, stopped_until_ = 0;
    bool killed_ = false, over_ = false;
    void *stack_bottom_ = nullptr, *fake_stack_ = nullptr;  // for the address sanitizer
    const void* world_bottom_ = nullptr;
    std::size_t stack_size_ = 0, world_size_ = 0;
};

}  // namespace tw::simulation
