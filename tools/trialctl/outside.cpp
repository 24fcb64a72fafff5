#include "outside.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <boost/filesystem.hpp>
#include <cstdlib>
#include <iostream>
#include <iterator>

#include "posix/clock.hpp"
#include "posix/filesystem.hpp"
#include "posix/processes.hpp"
#include "support/real_ports.hpp"

namespace tw {

namespace {

namespace bfs = boost::filesystem;

int terminal_width() {
    winsize size{};
    return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

bool wants_colour() {
    const char* refused = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    return !(refused && *refused) && terminal && std::string(terminal) != "dumb";
}

Result<NamedFile> find_file(const std::string& path) {
    boost::system::error_code failure;
    auto real = bfs::canonical(path, failure);
    if (failure) {
        Code code = failure == boost::system::errc::no_such_file_or_directory ? Code::not_found : Code::io;
        return fail(code, "cannot open: " + failure.message(), path);
    }
    auto fs = PosixFileSystem::open(real.parent_path());
    if (!fs) return fail(fs.error());
    return NamedFile{std::move(*fs), real.filename().string()};
}

Result<std::string> read_input() {
    std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    if (std::cin.bad()) return fail(Code::io, "cannot read standard input");
    return text;
}

bool confirm(const std::string& question) {
    std::cerr << question << " [y/N] " << std::flush;
    std::string answer;
    return std::getline(std::cin, answer) && (answer == "y" || answer == "yes");
}

}  // namespace

struct Outside::Parts {
    SystemClock clock;
    PosixProcesses processes;
    CtlContext context{clock, processes, std::cout, std::cerr};
};

Outside::Outside() : parts_(new Parts) {
    CtlContext& context = parts_->context;
    context.terminal = ::isatty(STDOUT_FILENO);
    context.colour = context.terminal && wants_colour();
    context.width = context.terminal ? terminal_width() : 0;
    context.program = sibling_program("trialctl");
    context.open = open_directory;
    context.find_file = find_file;
    context.read_input = read_input;
    if (::isatty(STDIN_FILENO)) context.confirm = confirm;
}

Outside::~Outside() = default;

CtlContext& Outside::context() {
    return parts_->context;
}

int Outside::on(const std::string& directory, const Verb& verb) {
    auto fs = open_directory(directory);
    if (!fs) return complain(context(), fs.error());
    return verb(context(), **fs);
}

int Outside::waiting_on(const std::string& directory, const Verb& verb) {
    return on(directory, [&](CtlContext& context, FileSystem& fs) {
        PosixWaker waker(fs.root());
        context.waker = &waker;
        int status = verb(context, fs);
        context.waker = nullptr;
        return status;
    });
}

}  // namespace tw
