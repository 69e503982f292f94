#!/bin/sh
# Chromium and letters for Chinese, from Debian, where they are missing and one may install them.
set -eu

have() {
    [ -n "${ZHITIAN_CHROMIUM:-}" ] || command -v chromium >/dev/null 2>&1
}

if ! have && command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "Installing Chromium and fonts-noto-cjk by apt-get"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y chromium fonts-noto-cjk >/dev/null
fi
have || {
    echo "Chromium is needed: 'apt-get install chromium fonts-noto-cjk', or ZHITIAN_CHROMIUM=its path" >&2
    exit 1
}
