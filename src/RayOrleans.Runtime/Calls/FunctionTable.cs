using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using RayOrleans.Runtime.Code;

namespace RayOrleans.Runtime;

/// <summary>The functions that have been called, found quickly from their delegates.</summary>
/// <param name="code">The shipped code that calls them; null: this process' own.</param>
internal sealed class FunctionTable(LoadedCode? code = null)
{
    private static readonly ConditionalWeakTable<Type, object> Stateless = [];

    private readonly ConcurrentDictionary<MethodInfo, FunctionInfo> _byMethod = new();
    private volatile Entry? _last;

    public IEnumerable<FunctionInfo> All => _byMethod.Values;

    public FunctionInfo Of(Delegate function)
    {
        // Compilers cache delegates of static methods and non-capturing lambdas, so one instance is seen again and again.
        Entry? last = _last;
        if (last is not null && ReferenceEquals(last.Delegate, function))
        {
            return last.Info;
        }

        FunctionInfo info = _byMethod.GetOrAdd(function.Method, static (method, code) => new FunctionInfo(method, code), code);
        if (!MayCapture(function))
        {
            _last = new Entry(function, info);
        }

        return info;
    }

    /// <summary>Whether the delegate has a target with state. Non-capturing lambdas are instance methods of a stateless singleton.</summary>
    public static bool MayCapture(Delegate function)
    {
        object? target = function.Target;
        if (target is null)
        {
            return false;
        }

        Type type = target.GetType();
        if (Stateless.TryGetValue(type, out _))
        {
            return false;
        }

        if (type.IsDefined(typeof(CompilerGeneratedAttribute)) && !HasState(type))
        {
            Stateless.AddOrUpdate(type, type);
            return false;
        }

        return true;
    }

    private static bool HasState(Type type) =>
        type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Length > 0;

    private sealed record Entry(Delegate Delegate, FunctionInfo Info);
}
