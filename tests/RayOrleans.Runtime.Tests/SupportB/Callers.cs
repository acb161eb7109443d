using System.Collections.Concurrent;

namespace RayOrleans.Runtime.Tests;

/// <summary>Handles and references kept under a name, for tasks that should use them without being passed them.</summary>
internal static class Callers
{
    private static readonly ConcurrentDictionary<string, object> Kept = new();

    public static void Keep(string key, object value) => Kept[key] = value;

    public static T Get<T>(string key) => (T)Kept[key];

    public static void Forget(string key) => Kept.TryRemove(key, out _);

    public static int CallOther(string key)
    {
        ObjectRef call = Get<ActorHandle<Counter>>(key).Remote((c, l, line) => c.Note(l, line), key, "other");
        call.GetAwaiter().GetResult();
        return 1;
    }
}
