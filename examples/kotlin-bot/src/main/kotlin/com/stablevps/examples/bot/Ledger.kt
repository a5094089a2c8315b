package com.stablevps.examples.bot

import java.math.BigDecimal

/** Where a ledger is stored. What was written survives a crash. */
internal interface LedgerStore {
    fun read(): Map<String, Member>

    fun write(members: Map<String, Member>)
}

/** Why an entry was refused. The purchase that wanted it ends. */
internal class Declined(
    override val message: String,
    val verdict: Verdict = Verdict.PERSON,
) : Exception(message)

/**
 * Which VPS belongs to which name, and which purchases are open. The rules about money are here:
 *
 * 1. An order is recorded before it is sent. If it can't be recorded, it is not sent.
 * 2. While one order is open, no other one is recorded, because nobody could say whose a new VPS is.
 * 3. A VPS belongs to one name.
 * 4. What is recorded never costs more than the budget.
 */
internal class Ledger(
    private val store: LedgerStore,
) {
    private var members = store.read()

    @Synchronized
    fun members(): Map<String, Member> = members

    operator fun get(name: String): Member? = members()[name]

    /** The name whose order may be under way. */
    fun openOrder(): String? = members().entries.firstOrNull { it.value is Member.Ordering }?.key

    /** What all of it costs, including open orders. */
    fun committed(): BigDecimal = members().values.sumOf { it.cost }

    /** Refuses what exceeds the budget. */
    fun checkRoom(
        wanted: Wanted,
        budget: BigDecimal?,
    ) {
        if (budget != null && committed() + wanted.price > budget) {
            throw Declined(
                "${wanted.price} EUR more than ${committed()} would be above the budget of $budget EUR",
            )
        }
    }

    /** An order is about to be sent. */
    @Synchronized
    fun ordering(
        wanted: Wanted,
        token: String,
        budget: BigDecimal?,
    ) {
        val open = openOrder()
        when {
            open == wanted.name -> Unit
            open != null -> throw isOpen(open)
            wanted.name in members -> throw Declined("it is bought already")
            else -> checkRoom(wanted, budget)
        }
        put(wanted.name, Member.Ordering(wanted.terms, wanted.price, token))
    }

    /** An order has its VPS. Without a token there is nothing left to wait for. */
    @Synchronized
    fun bought(
        name: String,
        vpsId: String,
        charged: BigDecimal?,
        token: String?,
    ) {
        checkOwner(vpsId, name)
        val member = members.getValue(name)
        put(name, Member.Bought(member.terms, charged ?: member.cost, vpsId, token))
    }

    /** Nothing is left to wait for: from now on the health checks report its state. */
    @Synchronized
    fun stopWaiting(name: String) {
        val member = members[name]
        if (member is Member.Bought) {
            put(name, member.copy(token = null))
        }
    }

    /** The outcome of an order is not known: a person must look. */
    @Synchronized
    fun park(
        name: String,
        problem: String,
    ) {
        val member = members[name]
        if (member is Member.Ordering) {
            put(name, Member.Parked(member.terms, member.cost, member.token, problem))
        }
    }

    /** A person wants a parked order looked for again. */
    @Synchronized
    fun retry(name: String) {
        val member = members[name] as? Member.Parked ?: throw Declined("$name is not parked")
        openOrder()?.let { throw isOpen(it) }
        put(name, Member.Ordering(member.terms, member.cost, member.token))
    }

    /** A person assigns a VPS to a name. */
    @Synchronized
    fun assign(
        name: String,
        vpsId: String,
        terms: Terms,
    ) {
        checkOwner(vpsId, name)
        if (members[name] is Member.Ordering) {
            throw isOpen(name)
        }
        put(name, Member.Bought(terms, members[name]?.cost ?: BigDecimal.ZERO, vpsId))
    }

    /** Nothing was bought for an order. */
    @Synchronized
    fun notBought(name: String) {
        if (members[name] is Member.Ordering) {
            save(members - name)
        }
    }

    /** A person removes a name. */
    @Synchronized
    fun forget(name: String) {
        when (members[name]) {
            null -> throw Declined("there is no $name")
            is Member.Ordering -> throw isOpen(name)
            is Member.Bought, is Member.Parked -> save(members - name)
        }
    }

    fun ownerOf(vpsId: String): String? =
        members().entries.firstOrNull { (it.value as? Member.Bought)?.vpsId == vpsId }?.key

    private fun isOpen(name: String) = Declined("the order of $name is still open", Verdict.LATER)

    private fun checkOwner(
        vpsId: String,
        name: String,
    ) {
        val owner = ownerOf(vpsId)
        if (owner != null && owner != name) {
            throw Declined("the VPS $vpsId belongs to $owner")
        }
    }

    private fun put(
        name: String,
        member: Member,
    ) {
        if (members[name] != member) {
            save(members + (name to member))
        }
    }

    private fun save(changed: Map<String, Member>) {
        store.write(changed)
        members = changed
    }
}
