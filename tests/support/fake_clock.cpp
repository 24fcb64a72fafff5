#include "support/fake_clock.hpp"

namespace tw::support {

void FakeClock::advance(Seconds by) {
    now_ += by;
    monotonic_ += by;
}

Waker::Reason FakeWaker::wait(Seconds longest) {
    waits.push_back(longest);
    if (on_wait) on_wait(longest);
    if (answers.empty()) {
        if (clock_) clock_->advance(longest);
        return Reason::timeout;
    }
    Reason answer = answers.front();
    answers.pop_front();
    if (answer == Reason::signal) ++stops;
    return answer;
}

}  // namespace tw::support
