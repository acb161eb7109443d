using System.Globalization;

namespace RayOrleans.Processes.TestSilo.Work;

/// <summary>
/// Messages that are far larger than a call of the transport carries: <c>large NODE</c> sends calls and results of that sort to a node and back; <c>owned NODE</c>
/// has a node own many objects, and <c>adopted</c> reads them when it is gone.
/// </summary>
internal sealed class LargeWork(IRay ray)
{
    private const int Bytes = 90_000;
    private const int Captured = 30;
    private const int Owned = 20_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private List<ObjectRef<int>> _owned = [];

    public string Run(string[] words) => words switch
    {
        ["large", var node] => Large(On(node)),
        ["owned", var node] => Own(On(node)),
        ["adopted"] => Adopted(),
        _ => throw new ArgumentException($"No command: {string.Join(' ', words)}"),
    };

    private RemoteOptions On(string node) => ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(NodeId.Parse(node)));

    private string Large(RemoteOptions there)
    {
        byte[][] captured = [.. Enumerable.Range(0, Captured).Select(i => Enumerable.Repeat((byte)i, Bytes).ToArray())];
        ObjectRef<int> sum = there.Remote(() => captured.Sum(c => c[^1] + c.Length));
        ObjectRef<(byte[], byte[], byte[], byte[], byte[], byte[], byte[])> parts = there.Remote(
            static (int n) => (new byte[n], new byte[n], new byte[n], new byte[n], new byte[n], new byte[n], Enumerable.Repeat((byte)7, n).ToArray()), Bytes);
        ObjectRef<byte[]>[] inputs = [.. Enumerable.Range(0, 3).Select(i => ray.Put(Enumerable.Repeat((byte)i, Bytes).ToArray()))];
        ObjectRef<int> inlined = there.Remote(static (byte[] a, byte[] b, byte[] c) => a[^1] + b[^1] + c[^1] + a.Length, inputs[0], inputs[1], inputs[2]);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{ray.Get(sum, Limit) - (Captured * Bytes)} {ray.Get(parts, Limit).Item7.Sum(b => b) - (7 * Bytes)} {ray.Get(inlined, Limit) - Bytes}");
    }

    private string Own(RemoteOptions there)
    {
        _owned = ray.Get(there.Remote(static (int n) => Enumerable.Range(0, n).Select(i => Ray.Put(i)).ToList(), Owned), Limit);
        return $"{_owned.Count}";
    }

    private string Adopted()
    {
        IReadOnlyList<int> values = ray.Get(_owned, Limit);
        _owned = [];
        return values.SequenceEqual(Enumerable.Range(0, Owned)) ? $"right {values.Count}" : "wrong";
    }
}
