#include "posix/stream.hpp"

#include "posix/errors.hpp"

namespace tw {

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        ssize_t written = retry([&] { return ::write(fd, bytes.data(), bytes.size()); });
        if (written < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool read_some(int fd, std::int64_t offset, std::int64_t size, std::string& out) {
    out.resize(static_cast<std::size_t>(size));
    std::size_t done = 0;
    while (done < out.size()) {
        ssize_t got = retry([&] {
            return ::pread(fd, out.data() + done, out.size() - done,
                           offset + static_cast<std::int64_t>(done));
        });
        if (got < 0) return false;
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    out.resize(done);
    return true;
}

namespace {

class PosixAppender final : public Appender {
public:
    PosixAppender(Fd file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

    Status append(std::string_view bytes) override {
        return run("append to", [&] { return write_all(file_.get(), bytes); });
    }

    Status sync() override {
        return run("sync", [&] { return retry([&] { return ::fdatasync(file_.get()); }) == 0; });
    }

private:
    template <class Call>
    Status run(std::string_view action, Call call) {
        if (broken_) return fail(Code::io, path_ + " cannot be used after an earlier error", path_);
        if (call()) return {};
        broken_ = true;
        return fail_errno(action, path_);
    }

    Fd file_;
    std::string path_;
    bool broken_ = false;
};

}  // namespace

std::unique_ptr<Appender> make_appender(Fd file, std::string path) {
    return std::make_unique<PosixAppender>(std::move(file), std::move(path));
}

}  // namespace tw
