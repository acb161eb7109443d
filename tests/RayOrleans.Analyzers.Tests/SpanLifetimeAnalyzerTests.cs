namespace RayOrleans.Analyzers.Tests;

public sealed class SpanLifetimeAnalyzerTests
{
    private const string Memory = "ObjectRef<ReadOnlyMemory<int>> r";

    [Theory]
    [InlineData("static int F(@) { var span = Ray.Get(r).Span; return Sum(span); }", "RAY0001 Ray.Get(r).Span")]
    [InlineData("static int F(@) { ReadOnlySpan<int> span; span = Ray.Get(r).Span.Slice(1); return Sum(span); }", "RAY0001 Ray.Get(r).Span.Slice(1)")]
    [InlineData("static int F(@) => Sum(Ray.Get(r).Span);", "RAY0001 Ray.Get(r).Span")]
    [InlineData("static int F(IRay ray, @) => Sum(ray.Get(r).Span);", "RAY0001 ray.Get(r).Span")]
    [InlineData("static int F(@) => Sum(Ray.GetPinned(r).Value.Span);", "RAY0001 Ray.GetPinned(r).Value.Span")]
    [InlineData("static int F(@) { int s = 0; foreach (int n in Ray.Get(r).Span) s += n; return s; }", "RAY0001 Ray.Get(r).Span")]
    [InlineData("static async Task<int> F(@) => Sum((await r).Span);", "RAY0001 (await r).Span")]
    [InlineData("static async Task<int> F(@) => Sum((await Ray.GetAsync(r)).Span);", "RAY0001 (await Ray.GetAsync(r)).Span")]
    [InlineData("static ReadOnlySpan<int> F(@) => Ray.Get(r).Span;", "RAY0001 Ray.Get(r).Span")]
    [InlineData("static int F(ObjectRef<Model> r) { var span = Ray.Get(r).Weights.Span; return Sum(span); }", "RAY0001 Ray.Get(r).Weights.Span")]
    [InlineData("static nint F(ObjectRef<SharedTensor<int>> r) { var span = Ray.Get(r).AsReadOnlyTensorSpan(); return span.FlattenedLength; }", "RAY0001 Ray.Get(r).AsReadOnlyTensorSpan()")]
    public async Task Window_WhoseOwnerNothingHolds_IsFound(string member, string found) => Assert.Equal([found], await Of(member));

    [Theory]
    [InlineData("static int F(@) { var m = Ray.Get(r); var span = m.Span; return Sum(span); }", "RAY0002 m.Span")]
    [InlineData("static int F(@) { var m = Ray.Get(r); return Sum(m.Span); }", "RAY0002 m.Span")]
    [InlineData("static int F(@) { var m = Ray.Get(r); int s = m.Length; foreach (int n in m.Span) s += n; return s; }", "RAY0002 m.Span")]
    [InlineData("static int F(@) { int s = 0; while (s < 9) { var m = Ray.Get(r); var span = m.Span; s += Sum(span); } return s; }", "RAY0002 m.Span")]
    [InlineData("static int F(@) { var m = Ray.Get(r); var span = m.Span; int s = m.Length; for (int i = 0; i < s; i++) s += span[i]; return s; }", "RAY0002 m.Span")]
    [InlineData("static int F(ObjectRef<Model> r) { var m = Ray.Get(r); var span = m.Weights.Span; return Sum(span); }", "RAY0002 m.Weights.Span")]
    public async Task Window_UsedAfterItsOwner_IsFound(string member, string found) => Assert.Equal([found], await Of(member));

    [Theory]
    [InlineData("static ReadOnlySpan<int> F(@) { using var p = Ray.GetPinned(r); return p.Value.Span; }", "RAY0003 p.Value.Span")]
    [InlineData("static ReadOnlyMemory<int> F(@) { using var p = Ray.GetPinned(r); return p.Value; }", "RAY0003 p.Value")]
    [InlineData("static ReadOnlyMemory<int> F(@) { using (var p = Ray.GetPinned(r)) { return p.Value.Slice(2); } }", "RAY0003 p.Value.Slice(2)")]
    [InlineData("static int F(@) { ReadOnlySpan<int> s; using (var p = Ray.GetPinned(r)) { s = p.Value.Span; } return s.Length; }", "RAY0003 s")]
    [InlineData("static int F(@) { ReadOnlyMemory<int> s; using (var p = Ray.GetPinned(r)) { s = p.Value; } return s.Length; }", "RAY0003 s")]
    [InlineData("static int F(@) { var p = Ray.GetPinned(r); var s = p.Value.Span; p.Dispose(); return Sum(s); }", "RAY0003 s")]
    public async Task Window_UsedAfterItsPin_IsFound(string member, string found) => Assert.Equal([found], await Of(member));

    [Theory]
    [InlineData("static int F(@) { var m = Ray.Get(r); var span = m.Span; int s = Sum(span); GC.KeepAlive(m); return s; }")]
    [InlineData("static int F(@) { var m = Ray.Get(r); int s = Sum(m.Span); return s + m.Length; }")]
    [InlineData("static int F(@) { var m = Ray.Get(r); int s = 0; for (int i = 0; i < m.Length; i++) s += m.Span[i]; return s; }")]
    [InlineData("static int F(@) { var m = Ray.Get(r); var span = m.Span; int s = 0; for (int i = 0; i < m.Length; i++) s += span[i]; return s; }")]
    [InlineData("static int F(@) { using var p = Ray.GetPinned(r); var span = p.Value.Span; return Sum(span); }")]
    [InlineData("static int F(@) { using (var p = Ray.GetPinned(r)) { return Sum(p.Value.Span); } }")]
    [InlineData("static int F(@) { var p = Ray.GetPinned(r); var s = p.Value.Span; int sum = Sum(s); p.Dispose(); return sum; }")]
    [InlineData("static int[] F(@) { using var p = Ray.GetPinned(r); return p.Value.ToArray(); }")]
    [InlineData("static int[] F(@) { using var p = Ray.GetPinned(r); return Enumerable.Range(0, 3).Select(i => p.Value.Slice(i)).Select(m => m.Length).ToArray(); }")]
    [InlineData("static int F(@) => Ray.Get(r).Span[0] + Ray.Get(r).Span.Length;")]
    [InlineData("static bool F(@) => Ray.Get(r).Span.SequenceEqual([1, 2]);")]
    [InlineData("static int F(ObjectRef<int[]> r) { var span = Ray.Get(r).AsSpan(); return Sum(span); }")]
    [InlineData("static int F(@) { var span = Ray.Get(r).ToArray().AsSpan(); return Sum(span); }")]
    [InlineData("static int F(ObjectRef<string> r) { ReadOnlySpan<char> span = Ray.Get(r); return span.Length; }")]
    [InlineData("static ReadOnlyMemory<int> F(@) => Ray.Get(r);")]
    [InlineData("static int F(ReadOnlyMemory<int> m) { var span = m.Span; return Sum(span); }")]
    [InlineData("static int F() { ReadOnlyMemory<int> m = new int[5]; var span = m.Span; return Sum(span); }")]
    public async Task Window_ThatIsKept_OrACopy_IsFine(string member) => Assert.Empty(await Of(member));

    [Fact]
    public void Rules_SayWhatToDo()
    {
        Dictionary<string, string> messages = new SpanLifetimeAnalyzer().SupportedDiagnostics.ToDictionary(d => d.Id, d => d.MessageFormat.ToString(null));
        Assert.Contains("Ray.GetPinned", messages["RAY0001"], StringComparison.Ordinal);
        Assert.Contains("GC.KeepAlive({0})", messages["RAY0002"], StringComparison.Ordinal);
    }

    private static Task<string[]> Of(string member) => Analysis.OfAsync(member.Replace("@", Memory, StringComparison.Ordinal));
}
