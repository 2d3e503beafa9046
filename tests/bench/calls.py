"""The calls of Q7 as a program makes them that has nothing but them to do: seconds from the first to the last."""

import asyncio
import json
import sys
import time

import aiohttp


async def main(url, width, times):
    places = asyncio.Semaphore(width)

    async def call(session, seconds):
        async with places, session.get(f"{url}/slow/{round(seconds * 1000)}") as response:
            return (await response.json())["took"]

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        began = time.monotonic()
        await asyncio.gather(*(call(session, seconds) for seconds in times))
        return time.monotonic() - began


print(asyncio.run(main(sys.argv[1], int(sys.argv[2]), json.load(sys.stdin))))
