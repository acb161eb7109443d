using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Runtime;
using RayOrleans.Grains;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Processes.TestSilo;

/// <summary>What a test can have a silo do; each answers with one line.</summary>
internal sealed class Commands(IServiceProvider services, EchoNode node)
{
    private readonly IClusterTransport _transport = services.GetRequiredService<IClusterTransport>();
    private readonly IGrainFactory _grains = services.GetRequiredService<IGrainFactory>();

    public async Task<string> RunAsync(string[] words) => words switch
    {
        ["members"] => string.Join(' ', node.Echo.Notes),
        ["ticks"] => node.Echo.Ticks.ToString(CultureInfo.InvariantCulture),
        ["node", var id, var bytes] => await CallNodeAsync(NodeId.Parse(id), Number(bytes)).ConfigureAwait(false),
        ["shard", var index] => Encoding.UTF8.GetString(await _transport.CallShardAsync(Number(index), []).ConfigureAwait(false)),
        ["scheduler", var replica] => Encoding.UTF8.GetString(await _transport.CallSchedulerAsync(Number(replica), []).ConfigureAwait(false)),
        ["shards"] => await ShardsAsync().ConfigureAwait(false),
        ["stalls", var seconds] => await Stalls.WatchAsync(_transport, TimeSpan.FromSeconds(Number(seconds))).ConfigureAwait(false),
        ["start", var actor, var target] => await StartActorAsync(actor, target).ConfigureAwait(false),
        ["where", var actor] => (await _grains.GetGrain<IActorGrain>(actor).GetNodeAsync().ConfigureAwait(false)).ToString(),
        ["activations"] => node.Activations.ToString(CultureInfo.InvariantCulture),
        ["keep", var keep] => (node.Keeps = keep == "yes").ToString(),
        ["report", var id] => await ReportAsync(NodeId.Parse(id)).ConfigureAwait(false),
        ["figures", var id] => await Figures.MeasureAsync(_transport, NodeId.Parse(id)).ConfigureAwait(false),
        _ => throw new ArgumentException($"No command: {string.Join(' ', words)}"),
    };

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private async Task<string> CallNodeAsync(NodeId target, int bytes)
    {
        byte[] batch = new byte[bytes];
        new Random(bytes).NextBytes(batch);
        batch[0] = 0;
        byte[] answer = await _transport.CallNodeAsync(target, batch).ConfigureAwait(false);
        return answer.AsSpan().SequenceEqual(EchoParty.AnswerTo(batch)) ? $"same {batch.Length}" : $"other {answer.Length}";
    }

    private async Task<string> ReportAsync(NodeId target)
    {
        MemberEntry entry = services.GetRequiredService<MemberDirectory>().Find(target) ?? throw new ArgumentException($"No node {target}");
        return (await services.GetRequiredService<IClusterMembershipService>().TryKill(entry.Silo).ConfigureAwait(false)).ToString();
    }

    private async Task<string> ShardsAsync()
    {
        List<string> all = [];
        for (int i = 0; i < _transport.ShardCount; i++)
        {
            PartyStatus status = await _grains.GetGrain<IGcsShardGrain>(i).GetStatus().ConfigureAwait(false);
            all.Add($"{i}:{status.NodeId}:{status.Epoch}");
        }

        return string.Join(' ', all);
    }

    private async Task<string> StartActorAsync(string actor, string target)
    {
        byte[] spec = Encoding.UTF8.GetBytes(target);
        RequestContext.Set(ActorRequestContext.RequestKey, spec);
        ActorStarted started = await _grains.GetGrain<IActorGrain>(actor).StartAsync(1, spec.AsImmutable()).ConfigureAwait(false);
        RequestContext.Clear();
        return started.NodeId.ToString();
    }
}
