namespace RayOrleans.Runtime.Tests;

/// <summary>Kills, cancels and exits at random moments: every call is answered, and nothing is left behind.</summary>
public sealed class ActorChaosTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task KillsAndCancels_EveryCall_IsAnsweredAndResourcesReturn(int seed)
    {
        IRay ray = await TestNode.StartAsync(cpus: 3);
        await using (ray)
        {
            await Rounds(ray, seed);
            await Waiting.UntilCollected(() => ray.LiveObjects() == 0, $"nothing is left (seed {seed}; {ray.LiveObjects()} objects are)");
            await Waiting.Until(() => ray.FreeCpu() == 3, $"all CPUs are free (seed {seed})");
            Assert.Equal(0, ray.Services().Gate.Do(e => e.Actors.Count));
        }
    }

    private static async Task Rounds(IRay ray, int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 12; round++)
        {
            bool keepsCpu = random.Next(3) == 0;
            RemoteOptions options = ray.Options(
                numCpus: keepsCpu ? 1 : null,
                maxRestarts: random.Next(4) - 1,
                maxTaskRetries: random.Next(3) - 1,
                maxConcurrency: random.Next(3) == 0 ? 4 : null);
            if (random.Next(2) == 0)
            {
                using ActorHandle<Target> actor = options.Actor(() => new Target());
                await Attack(ray, actor, random, static (a, kind) => kind switch
                {
                    0 => a.Remote(t => t.Nested()),
                    1 => a.Remote(t => t.Leave()),
                    _ => a.Remote(t => t.Add()),
                }, $"seed {seed}, round {round}");
            }
            else
            {
                using ActorHandle<AsyncTarget> actor = options.Actor(() => new AsyncTarget());
                await Attack(ray, actor, random, static (a, kind) => kind switch
                {
                    0 => a.Remote(t => t.Nested()),
                    1 => a.Remote(t => t.Leave()),
                    _ => a.Remote(t => t.Add()),
                }, $"seed {seed}, round {round}");
            }
        }
    }

    private static async Task Attack<TActor>(
        IRay ray, ActorHandle<TActor> actor, Random random, Func<ActorHandle<TActor>, int, ObjectRef<int>> call, string where)
    {
        List<ObjectRef<int>> calls = [];
        for (int i = 0; i < 150; i++)
        {
            int kind = random.Next(12);
            calls.Add(call(actor, kind == 1 && random.Next(20) > 0 ? 2 : kind));
            switch (random.Next(60))
            {
                case 0:
                    ray.Kill(actor, noRestart: false);
                    break;
                case 1:
                    ray.Cancel(calls[random.Next(calls.Count)]);
                    break;
                case 2:
                    await Task.Yield();
                    break;
            }
        }

        WaitResult<int> result = await ray.WaitAsync(calls, calls.Count, Signal.Limit);
        Assert.True(result.NotReady.Count == 0, $"{result.NotReady.Count} calls were never answered ({where}).");
        foreach (ObjectRef<int> one in calls)
        {
            try
            {
                Assert.Equal(1, await one);
            }
            catch (Exception e) when (e is ActorDiedException or ActorUnavailableException or RayTaskCancelledException)
            {
                continue;
            }
        }
    }

    private sealed class Target
    {
        private int _inside;

        public int Add() => 1;

        public int Nested()
        {
            Interlocked.Increment(ref _inside);
            return Ray.Get(Ray.Remote(() => 1));
        }

        public int Leave()
        {
            Ray.ExitActor();
            return 0;
        }
    }

    private sealed class AsyncTarget
    {
        public async Task<int> Add()
        {
            await Task.Yield();
            return 1;
        }

        public async Task<int> Nested() => await Ray.Remote(() => 1);

        public async Task<int> Leave()
        {
            await Task.Yield();
            Ray.ExitActor();
            return 0;
        }
    }
}
