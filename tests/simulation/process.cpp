#include "simulation/process.hpp"

#include <boost/context/fixedsize_stack.hpp>

#include "simulation/world.hpp"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

namespace tw::simulation {

namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t stack_size = 1 << 20;
#else
constexpr std::size_t stack_size = 1 << 18;
#endif

// The address sanitizer must be told which stack is in use.
void leave_stack([[maybe_unused]] void** fake, [[maybe_unused]] const void* bottom,
                 [[maybe_unused]] std::size_t size) {
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_start_switch_fiber(fake, bottom, size);
#endif
}

void enter_stack([[maybe_unused]] void* fake, [[maybe_unused]] const void** bottom,
                 [[maybe_unused]] std::size_t* size) {
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_finish_switch_fiber(fake, bottom, size);
#endif
}

}  // namespace

Process::Process(World& the_world, Machine& where, std::string called, std::int64_t number, std::int64_t started,
                 Body body)
    : world(the_world),
      machine(where),
      name(std::move(called)),
      pid(number),
      start_time(started),
      dice(the_world.seed(), name),
      body_(std::move(body)) {
    wakes_ = world.now();
    boost::context::fixedsize_stack allocator(stack_size);
    auto stack = allocator.allocate();
    stack_size_ = stack.size;
    stack_bottom_ = static_cast<char*>(stack.sp) - stack.size;
    fiber_ = boost::context::fiber(std::allocator_arg,
                                   boost::context::preallocated(stack.sp, stack.size, stack), allocator,
                                   [this](boost::context::fiber&& caller) {
                                       enter_stack(nullptr, &world_bottom_, &world_size_);
                                       world_fiber_ = std::move(caller);
                                       live();
                                       leave_stack(nullptr, world_bottom_, world_size_);
                                       return std::move(world_fiber_);
                                   });
}

Process::~Process() {
    if (over_) return;
    on_end = nullptr;
    killed_ = true;
    resume();  // its stack is unwound
}

void Process::live() {
    try {
        if (!killed_) body_(*this);
    } catch (const Killed&) {
    } catch (const Violation& violation) {
        world.note(violation);
    } catch (const std::exception& error) {
        world.note({"no program ends by an exception", name + ": " + error.what()});
    }
    body_ = nullptr;
    over_ = true;
}

void Process::resume() {
    void* fake = nullptr;
    leave_stack(&fake, stack_bottom_, stack_size_);
    fiber_ = std::move(fiber_).resume();
    enter_stack(fake, nullptr, nullptr);
    if (!over_ || !on_end) return;
    auto call = std::exchange(on_end, nullptr);
    call();
}

void Process::switch_out() {
    leave_stack(&fake_stack_, world_bottom_, world_size_);
    world_fiber_ = std::move(world_fiber_).resume();
    enter_stack(fake_stack_, &world_bottom_, &world_size_);
    if (killed_) throw Killed{};
}

void Process::pause(double seconds) {
    pause_until(world.now() + seconds);
}

void Process::pause_until(double time) {
    if (killed_) throw Killed{};
    wakes_ = time;
    switch_out();
}

void Process::die() {
    killed_ = true;
    throw Killed{};
}

void Process::kill() {
    if (over_) return;
    killed_ = true;
    wakes_ = world.now();
    stopped_until_ = 0;
}

void Process::wake() {
    wakes_ = std::min(wakes_, world.now());
}

}  // namespace tw::simulation
