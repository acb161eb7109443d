using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>The last events in words, and a hash over all of them.</summary>
internal sealed class ClusterTrace(int capacity)
{
    private readonly (long Time, string What, int Host, int A, int B, object? Subject)[] _items = new (long, string, int, int, int, object?)[capacity];
    private long _count;

    public ulong Hash { get; private set; } = 14695981039346656037UL;

    public void Add(long time, string what, int host, int a, int b, object? subject)
    {
        _items[_count++ % capacity] = (time, what, host, a, b, subject);
        Hash = (Hash ^ (ulong)time) * 1099511628211UL;
        Hash = (Hash ^ ((ulong)(uint)host << 32) ^ (uint)a) * 1099511628211UL;
        Hash = (Hash ^ ((ulong)(uint)b << 16) ^ what[0] ^ (ulong)what.Length) * 1099511628211UL;
    }

    public override string ToString()
    {
        StringBuilder text = new();
        for (long i = Math.Max(0, _count - capacity); i < _count; i++)
        {
            (long time, string what, int host, int a, int b, object? subject) = _items[i % capacity];
            text.Append(CultureInfo.InvariantCulture, $"{time,7} {host,4} {what} {a} {b} ").AppendLine(Words(subject));
        }

        return Shorten(text.ToString());
    }

    /// <summary>The first six digits tell ids apart well enough.</summary>
    public static string Shorten(string text) => Regex.Replace(text, "([0-9a-f]{6})[0-9a-f]{26}", "$1");

    private static string Words(object? subject) => subject switch
    {
        null => "",
        Batch batch => $"from {batch.From}: {string.Join("; ", batch.Messages.Select(Words))}",
        PublishMessage m => $"publish {m.Task} epoch {m.Epoch} {string.Join(", ", m.Objects.Select(Words))}",
        HoldMessage m => $"hold {m.Ref.Id} {m.Level}",
        ObjectMessage m => $"object {Words(m.Report)}",
        StateMessage m => $"state {Words(m.Report)} at {string.Join(", ", m.Locations)} owner {m.Owner}",
        FindMessage m => $"find {m.Ref.Id}",
        SubscribeMessage m => $"subscribe {m.Ref.Id} {m.IsOn}",
        ExecuteMessage m => $"execute {m.Spec.Id} attempt {m.Attempt}, inputs {string.Join(", ", m.Inputs.Select(i => $"{i.Ref.Id}{(i.IsInline ? " inline" : "")}"))}",
        CompletedMessage m => $"completed {m.Task} attempt {m.Attempt} {m.Failure?.Kind} transit {m.Transit} nested {string.Join(", ", m.Nested.Select(n => n.Index - NestedResults.FirstIndex))} {string.Join(", ", m.Results.Select(r => $"{(r.IsStored ? "stored" : "inline")} [{string.Join(", ", r.Contained.Select(c => c.Id))}]"))}",
        AdoptMessage m => $"adopt {m.Task} epoch {m.Epoch} from {m.FirstAttempt} {(m.Spec is null ? "without spec" : "with spec")} {string.Join(", ", m.Objects.Select(Words))}",
        ObjectReport r => $"{r.Ref.Id} {r.Status} v{r.Version} {(r.IsHere ? "here " : "")}{r.Level} [{string.Join(", ", r.Contained.Select(c => c.Id))}]",
        _ => subject.ToString() ?? "",
    };
}
