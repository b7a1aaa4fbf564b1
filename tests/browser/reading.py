"""How a view is read in the browser: which way its lines run, and whether its words can be told from the ground."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator

# Where the words of an element were drawn, in the order of the text. Arabic words of one run stand right to left in any
# paragraph; that the paragraph does is seen where a line holds other things between them, and where it begins.
_MEASURE = """view => {
    const faults = [];
    if (getComputedStyle(view).direction !== 'rtl') faults.push('its direction is not right to left');
    const block = node => {
        while (getComputedStyle(node).display.startsWith('inline')) node = node.parentElement;
        return node;
    };
    const words = [];
    const walker = document.createTreeWalker(view, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
        const apart = text.parentElement.closest('bdi, [dir="auto"], [dir="ltr"], [data-label]');
        if (apart && view.contains(apart)) continue;
        for (const found of text.data.matchAll(/[\\u0620-\\u064a]+|[^\\s\\u0620-\\u064a]+/g)) {
            const range = document.createRange();
            range.setStart(text, found.index);
            range.setEnd(text, found.index + found[0].length);
            const place = range.getClientRects()[0];
            const arabic = /[\\u0620-\\u064a]/.test(found[0]);
            if (place && place.width) words.push({word: found[0], arabic, place, block: block(text.parentElement)});
        }
    }
    let pairs = 0, starts = 0, before = null, inBlock = null;
    for (const one of words) {
        if (one.block !== inBlock) {
            const box = one.block.getBoundingClientRect();
            inBlock = one.block;
            before = null;
            const arabic = /[\\u0620-\\u064a]/.test(one.block.textContent);
            if (arabic && ['right', 'start'].includes(getComputedStyle(one.block).textAlign)) {
                starts += 1;
                if (box.right - one.place.right > one.place.left - box.left + 1)
                    faults.push(`what begins with '${one.word}' begins on the left`);
            }
        }
        if (!one.arabic) continue;
        if (before && Math.abs(before.place.bottom - one.place.bottom) < one.place.height / 2) {
            pairs += 1;
            if (one.place.right > before.place.left + 1) faults.push(`'${one.word}' stands right of '${before.word}'`);
        }
        before = one;
    }
    return {faults, pairs, starts};
}"""

# The smallest ratio of luminances between letters and what lies behind them (WCAG 2.2, 1.4.3), and the words with it.
_CONTRAST = """(view, printed) => {
    const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    canvas.canvas.width = canvas.canvas.height = 1;
    const parts = colour => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
        return [red, green, blue, alpha / 255];
    };
    const over = (top, ground) => [0, 1, 2].map(i => top[i] * top[3] + ground[i] * (1 - top[3]));
    const ground = node => {
        if (printed) return [255, 255, 255];
        const layers = [];
        for (let one = node; one; one = one.parentElement) layers.push(parts(getComputedStyle(one).backgroundColor));
        const schemes = getComputedStyle(document.documentElement).colorScheme.split(' ');
        const dark = schemes.includes('dark') && (schemes.length === 1 || matchMedia('(prefers-color-scheme: dark)').matches);
        return layers.reverse().reduce((below, layer) => over(layer, below), dark ? [18, 18, 18] : [255, 255, 255]);
    };
    const luminance = colour => {
        const [r, g, b] = colour.map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    let least = {ratio: 21, words: ''};
    const walker = document.createTreeWalker(view, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
        if (!text.data.trim() || !text.parentElement.checkVisibility()) continue;
        const behind = ground(text.parentElement);
        let opacity = 1;
        for (let one = text.parentElement; one; one = one.parentElement) opacity *= getComputedStyle(one).opacity;
        const own = parts(getComputedStyle(text.parentElement).color);
        const letters = over([...own.slice(0, 3), own[3] * opacity], behind);
        const [low, high] = [luminance(letters), luminance(behind)].sort((a, b) => a - b);
        const ratio = (high + 0.05) / (low + 0.05);
        if (ratio < least.ratio) least = {ratio, words: text.data.trim().slice(0, 60)};
    }
    return least;
}"""


@dataclass(frozen=True)
class Reading:
    """What does not run right to left in a view, and how many pairs of Arabic words and beginnings were looked at."""

    faults: list[str]
    pairs: int
    starts: int


def direction_of(view: Locator) -> Reading:
    """Look where the words of a view were drawn."""
    return Reading(**view.evaluate(_MEASURE))


def least_contrast(view: Locator, *, printed: bool = False) -> tuple[float, str]:
    """Give the smallest contrast between words and ground, from 1 to 21, and the words; printers leave grounds out."""
    least = view.evaluate(_CONTRAST, printed)
    return least["ratio"], least["words"]
