// The numbers that say in what order rows stand, with as few of them changed as possible: what
// did not move is not saved anew, and a colleague who moved something else meanwhile is not in
// the way.
const STEP = 10

// The positions of a longest run of numbers that ascend already.
function ascending(numbers) {
  const length = [], before = []
  let last = -1
  numbers.forEach((number, index) => {
    length[index] = Number.isInteger(number) && number > 0 ? 1 : 0
    before[index] = -1
    if (!length[index]) return
    for (let other = 0; other < index; other++) {
      if (length[other] >= length[index] && numbers[other] < number) {
        length[index] = length[other] + 1
        before[index] = other
      }
    }
    if (last < 0 || length[index] > length[last]) last = index
  })
  const kept = new Set()
  for (let index = last; index >= 0; index = before[index]) kept.add(index)
  return kept
}

export function placed(numbers) {
  const kept = ascending(numbers)
  const result = [...numbers]
  for (let start = 0; start < numbers.length; start++) {
    if (kept.has(start)) continue
    let end = start
    while (end < numbers.length && !kept.has(end)) end++
    const low = start ? result[start - 1] : 0
    const high = end < numbers.length ? numbers[end] : low + STEP * (end - start + 1)
    const step = Math.floor((high - low) / (end - start + 1))
    // No room between two of them: then all are counted anew.
    if (step < 1) return numbers.map((_number, index) => STEP * (index + 1))
    for (let index = start; index < end; index++) result[index] = low + step * (index - start + 1)
    start = end
  }
  return result
}
