using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace RayOrleans;

/// <summary>Checks a function before it becomes a call.</summary>
internal static class CallGuard
{
    /// <summary>What is said of a null in the place of a reference. A literal null is taken for one, since a reference is preferred to a value.</summary>
    public const string NullReference =
        "An ObjectRef argument is null. Pass a value or a live reference; where a null value is meant, give it a type: (string?)null.";

    /// <summary>The function, which must not be null.</summary>
    public static Delegate Function(Delegate? function) =>
        function ?? throw new ArgumentNullException(nameof(function), "The function of a remote call is null; pass a method group or a lambda.");

    /// <summary>The function, which must not be null nor make a sequence while it is read.</summary>
    /// <typeparam name="R">What it returns.</typeparam>
    public static Delegate Function<R>(Delegate? function)
    {
        Delegate checkedFunction = Function(function);
        if (SequenceTraits<R>.MayBeLazy)
        {
            ThrowIfIterator(checkedFunction.Method, typeof(R));
        }

        return checkedFunction;
    }

    private static void ThrowIfIterator(MethodInfo method, Type returned)
    {
        bool isAsync = SequenceTraits.IsAsync(returned);
        if (isAsync || method.IsDefined(typeof(IteratorStateMachineAttribute)) || method.IsDefined(typeof(AsyncIteratorStateMachineAttribute)))
        {
            throw new ArgumentException(
                $"{method.Name} makes its items while they are read ({returned.Name}), so there is no one value to return. " +
                "Use Stream instead of Remote: its items become objects one by one. Or return an array or a list.",
                "function");
        }
    }

    private static class SequenceTraits<R>
    {
        /// <summary>Whether an iterator could have this return type; a constant to the JIT once this class is initialised.</summary>
        public static readonly bool MayBeLazy = typeof(R).IsInterface && (SequenceTraits.IsAsync(typeof(R)) || SequenceTraits.IsSync(typeof(R)));
    }

    private static class SequenceTraits
    {
        public static bool IsAsync(Type type) => IsGeneric(type, typeof(IAsyncEnumerable<>), typeof(IAsyncEnumerator<>));

        public static bool IsSync(Type type) =>
            type == typeof(IEnumerable) || type == typeof(IEnumerator) || IsGeneric(type, typeof(IEnumerable<>), typeof(IEnumerator<>));

        private static bool IsGeneric(Type type, Type one, Type other) =>
            type.IsGenericType && type.GetGenericTypeDefinition() is { } definition && (definition == one || definition == other);
    }
}
